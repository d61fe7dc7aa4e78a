import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from pydantic import TypeAdapter

from app.api.http.responses import load_example
from app.api.recommendations.explanations import ExplanationOut
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.contract.self_report import PRIVATE, SHORTEST, Report, some_options, some_report

REQUEST = load_example("explanation-request")
RESPONSE = load_example("explanation-response")

PATH = "/v1/explanations"
SHAPE = TypeAdapter(ExplanationOut)
Ask = Callable[..., Response]
ROUTINE: Report = REQUEST["reports"]["a"]


@pytest.fixture(scope="module")
def service(rulesets: ActiveRuleset, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    file = tmp_path_factory.mktemp("absent") / "absent.db"
    return create_app(Settings.model_validate({"database_url": f"sqlite:///{file}"}), rulesets, clock=clock.now)


@pytest.fixture(scope="module")
def caller(service: FastAPI) -> Iterator[TestClient]:
    with TestClient(service) as caller:
        yield caller


@pytest.fixture(scope="module")
def ask(caller: TestClient) -> Ask:
    """Ask for A about one target, unless it says otherwise."""

    def ask(target: object, a: object = SHORTEST, b: object = None, /, **options: object) -> Response:
        reports = {"a": a} if b is None else {"a": a, "b": b}
        return caller.post(PATH, json={"reports": reports, "viewer": "a", "target": target, **options})

    return ask


@pytest.fixture(scope="module")
def targets(caller: TestClient) -> list[str]:
    """Every id of the catalogue that can be asked about."""
    activities = caller.get("/v1/activities").json()["data"]
    practices = {activity["practice"] for activity in activities}
    strategies = {activity["strategy"] for activity in activities} - {None}
    return [activity["id"] for activity in activities] + sorted(practices) + sorted(strategies)


def answers(response: Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def mistakes(response: Response) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


def test_the_example_in_the_description_is_what_is_answered(caller: TestClient) -> None:
    assert answers(caller.post(PATH, json=REQUEST)) == RESPONSE


def test_every_id_of_the_catalogue_can_be_asked_about(ask: Ask, targets: list[str]) -> None:
    assert len(targets) > 150
    for target in targets:
        answer = answers(ask(target))
        assert answer["target"] == target
        assert list(answer) == list(RESPONSE)
        SHAPE.validate_python(answer)


def test_reasons_are_those_of_the_view(ask: Ask, caller: TestClient) -> None:
    asked = {"reports": {"a": ROUTINE}, "explain": "full", "turn": 1}
    view = caller.post("/v1/recommendations", json=asked).json()["views"]["a"]

    def said(ids: list[str]) -> list[dict[str, Any]]:
        return [{"rule": id_, **view["reasons"][id_]} for id_ in ids]

    for activity in view["activities"]:
        answer = answers(ask(activity["id"], ROUTINE, turn=1))
        # Without a reason of its own, an activity has the general one of its strategy.
        because = said(activity["reasons"] or [activity["strategy"]])
        assert (answer["status"], answer["because"]) == ("suggested", because)
    for strategy in view["strategies"]:
        because = answers(ask(strategy["id"], ROUTINE, turn=1))["because"]
        assert because == said(strategy["reasons"] or strategy["withheld_by"])


@pytest.mark.parametrize(
    ("target", "answers_given", "text"),
    [
        ("dance-class", {"longest_slot_minutes": 30}, "It takes 75 minutes, and the longest you have in one go is 30."),
        ("dance-class", {}, "It takes 75 minutes. Until you tell us how much time you have in one go"),
        ("tea-in-silence", {"minutes_per_week": 1}, "minutes a week, and you have 1."),
    ],
)
def test_a_limit_is_said_with_its_own_numbers(ask: Ask, target: str, answers_given: dict[str, int], text: str) -> None:
    report = {**SHORTEST, "busyness": {"level": "full", **answers_given}}

    assert text in " ".join(each["text"] for each in answers(ask(target, report))["blocked_by"])


def test_every_limit_has_its_words(ask: Ask, targets: list[str]) -> None:
    random = Random(14)
    seen: set[str] = set()
    for _ in range(400):
        a, b = some_report(random), random.choice((None, some_report(random)))
        blocks = answers(ask(random.choice(targets), a, b))["blocked_by"]
        constraints = [each["constraint"] for each in blocks]
        seen.update(constraints)
        assert all(each["text"].endswith(".") and "{" not in each["text"] for each in blocks)
        assert "both_of_you" not in constraints or constraints == ["both_of_you"]
    assert {"longest_slot_minutes", "minutes_per_week", "budget", "energy", "likes", "both_of_you", "private"} <= seen


def test_it_is_said_in_the_language_that_the_header_names(ask: Ask) -> None:
    assert ask("dance-class", locale="zz").headers["content-language"] == "en"


def test_the_same_question_has_the_same_bytes(ask: Ask) -> None:
    assert ask("dance-class", ROUTINE).content == ask("dance-class", deepcopy(ROUTINE)).content


def test_more_places_change_what_was_cut(ask: Ask, caller: TestClient) -> None:
    view = caller.post("/v1/recommendations", json={"reports": {"a": ROUTINE}, "max_activities": 5}).json()["views"][
        "a"
    ]
    # Who was heard alone keeps something to do alone, however few the places are.
    last = [each["id"] for each in view["activities"] if each["place"] != "on_your_own"][-1]

    assert answers(ask(last, ROUTINE, max_activities=5))["status"] == "suggested"
    assert answers(ask(last, ROUTINE, max_activities=1))["status"] == "outranked"


# What is refused


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("dance-clas", "did you mean 'dance-class'"),
        ("Dance_Class", "did you mean 'dance-class'"),
        ("quality-time", "did you mean 'quality_time'"),
        ("gratitude and surprise", "did you mean 'gratitude_and_surprise'"),
        ("zzzzzzzz", "/v1/activities"),
    ],
)
def test_an_unknown_target_is_refused_with_the_nearest(ask: Ask, given: str, near: str) -> None:
    refused = ask(given)

    assert mistakes(refused) == [("#/target", "unknown_target")]
    assert near in refused.json()["errors"][0]["detail"]


def test_what_only_goes_wrong_together_is_said_at_once(ask: Ask) -> None:
    """Whether there is such a target is for the ruleset to say, so a missing one comes first."""
    assert mistakes(ask("dance-clas", viewer="b")) == [
        ("#/viewer", "no_such_report"),
        ("#/target", "unknown_target"),
    ]
    assert mistakes(ask("dance-clas", viewer="b", ruleset="1999.1")) == [
        ("#/viewer", "no_such_report"),
        ("#/ruleset", "unknown_ruleset"),
    ]
    assert mistakes(ask("dance-clas", viewer="b", explain="all")) == [
        ("#/explain", "unknown_level"),
        ("#/viewer", "no_such_report"),
        ("#/target", "unknown_target"),
    ]
    assert mistakes(ask("dance-class", explain="all")) == [("#/explain", "unknown_level")]
    assert mistakes(ask("dance-clas", explain="all", ruleset="1999.1")) == [
        ("#/explain", "unknown_level"),
        ("#/ruleset", "unknown_ruleset"),
    ]
    assert mistakes(ask(7, ruleset="1999.1")) == [("#/target", "wrong_type"), ("#/ruleset", "unknown_ruleset")]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"reports": {"a": SHORTEST}}, [("#/viewer", "required"), ("#/target", "required")]),
        (
            {"reports": {"a": SHORTEST}, "viewer": None, "target": None},
            [("#/viewer", "required"), ("#/target", "required")],
        ),
        (
            {"reports": {"a": SHORTEST}, "viewer": "c", "target": "x"},
            [("#/viewer", "unknown_level"), ("#/target", "unknown_target")],
        ),
        ({"reports": {"a": SHORTEST}, "viewer": "a", "target": "x" * 65}, [("#/target", "too_long")]),
        (
            {"reports": {"a": SHORTEST}, "viewer": "a", "target": "x", "why": 1},
            [("#/why", "unknown_field"), ("#/target", "unknown_target")],
        ),
    ],
)
def test_whose_view_and_what_is_asked_are_needed(
    caller: TestClient, request_: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert sorted(mistakes(caller.post(PATH, json=request_))) == sorted(expected)


# What each may read


def test_in_a_support_view_every_target_is_withheld_and_nothing_else_is_said(ask: Ask, targets: list[str]) -> None:
    afraid = {**ROUTINE, "safety": {"fear": "yes"}}

    said = {ask(target, afraid, ROUTINE).text.replace(f'"{target}"', '"…"', 1) for target in targets}

    assert [json.loads(text) for text in said] == [
        {
            "target": "…",
            "status": "withheld",
            "because": [],
            "blocked_by": [],
            "would_change": [],
            "why_none": None,
        }
    ]


def test_nothing_private_of_one_reaches_what_the_other_reads(ask: Ask, targets: list[str]) -> None:
    random = Random(11)
    for _ in range(60):
        mine, theirs = some_report(random), some_report(random)
        mine.pop("mutual", None)
        elsewhere = deepcopy(theirs)
        for group in ("private", "mutual", "safety"):
            elsewhere.pop(group, None)
        for path in PRIVATE:
            if path.startswith("conflict."):
                elsewhere["conflict"].pop(path.split(".")[1], None)
        target = random.choice(targets)
        one, two = ask(target, mine, theirs), ask(target, mine, elsewhere)
        assert one.content == two.content
        assert dict(one.headers) | {"x-request-id": ""} == dict(two.headers) | {"x-request-id": ""}


def test_of_the_others_limit_neither_what_it_asks_nor_what_there_is_is_said(ask: Ask) -> None:
    short = {**ROUTINE, "busyness": {"level": "full", "longest_slot_minutes": 30}}
    free = {**ROUTINE, "busyness": {"level": "full", "longest_slot_minutes": 120}}

    answer = answers(ask("dance-class", free, short))

    assert [each["constraint"] for each in answer["blocked_by"]] == ["both_of_you"]
    assert [*answer["blocked_by"][0]] == ["constraint", "text"]
    assert answer["would_change"] == []
    assert answer["why_none"]


def test_beside_something_private_of_ones_own_nothing_is_said_of_the_two(ask: Ask) -> None:
    apart = {**SHORTEST, "circumstances": {"season": ["separation"]}}
    busy = {"level": "full", "minutes_per_week": 0}

    answer = answers(ask("new_experiences", apart, {**SHORTEST, "busyness": busy, "novelty": {"shared_purpose": True}}))

    assert [each["constraint"] for each in answer["blocked_by"]] == ["private"]


def test_b_is_answered_as_a_would_be_in_their_place(ask: Ask) -> None:
    other = {**ROUTINE, "busyness": {"level": "full"}}

    assert ask("dance-class", ROUTINE, other, viewer="b").content == ask("dance-class", other, ROUTINE).content


def test_every_change_that_is_named_does_what_it_says_when_it_is_posted(ask: Ask, targets: list[str]) -> None:
    random = Random(12)
    tried = 0
    while tried < 100:
        mine, target = some_report(random), random.choice(targets)
        theirs = random.choice((None, some_report(random)))
        for alternative in answers(ask(target, mine, theirs))["would_change"]:
            again = deepcopy(mine)
            for change in alternative["changes"]:
                *groups, name = change["answer"].split(".")
                held = again
                for group in groups:
                    held[group] = held.get(group) or {}
                    held = held[group]
                assert held.get(name) == change["now"]
                held[name] = change["to"]
            assert answers(ask(target, again, theirs))["status"] == alternative["then"]
            tried += 1


def test_any_request_gets_an_answer_of_the_shape_that_is_described(ask: Ask, targets: list[str]) -> None:
    random = Random(13)
    for _ in range(60):
        options = {name: value for name, value in some_options(random).items() if name not in ("viewer", "ruleset")}
        answer = answers(ask(random.choice(targets), some_report(random), some_report(random), **options))
        SHAPE.validate_python(answer)
