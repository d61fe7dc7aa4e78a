import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from httpx2 import Response
from pydantic import TypeAdapter

from app.api.recommendations.recommendations import RecommendationOut
from app.errors import MAX_LISTED
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.contract.self_report import (
    CHOICES,
    COUNTS,
    HOURS,
    INTEGERS,
    KINDS,
    LARGEST,
    LIKES,
    LIKINGS,
    PATHS,
    POOLED,
    PRIVATE,
    REQUIRED,
    SCALES,
    SETS,
    SHORTEST,
    YES_NO,
    Report,
    pointer_to,
    report_of,
    some_options,
    some_report,
    with_answer,
    without_answers,
)

PATH = "/v1/recommendations"
STRATEGIES = ["quality_time", "structured_exercises", "new_experiences"]
RELUCTANT = {"private.willingness": "no"}

Ask = Callable[..., Response]


@pytest.fixture(scope="module")
def service(rulesets: ActiveRuleset, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One application for all of these tests: nothing is stored, so none can disturb another."""
    file = tmp_path_factory.mktemp("absent") / "absent.db"
    return create_app(Settings.model_validate({"database_url": f"sqlite:///{file}"}), rulesets, clock=clock.now)


@pytest.fixture(scope="module")
def caller(service: FastAPI) -> Iterator[TestClient]:
    with TestClient(service) as caller:
        yield caller


@pytest.fixture(scope="module")
def ask(caller: TestClient) -> Ask:
    """Ask for recommendations: for A, and for B if there is one."""

    def ask(
        a: object = SHORTEST, b: object = None, /, headers: Mapping[str, str] | None = None, **options: object
    ) -> Response:
        reports = {"a": a} if b is None else {"a": a, "b": b}
        return caller.post(PATH, json={"reports": reports, **options}, headers=headers)

    return ask


def answers(response: Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def view_of(response: Response, partner: str = "a") -> dict[str, Any]:
    view: dict[str, Any] = answers(response)["views"][partner]
    return view


def mistakes(response: Response) -> dict[str, str]:
    """The codes by pointer."""
    assert response.status_code == 422, response.text
    return {one["pointer"]: one["code"] for one in response.json()["errors"]}


def detail(response: Response) -> str:
    (one,) = response.json()["errors"]
    return str(one["detail"])


# What is asked


def test_the_shortest_report_is_answered_with_something_to_do(ask: Ask) -> None:
    answer = answers(ask())

    assert list(answer) == ["ruleset", "basis", "views"]
    assert answer["basis"] == "one_partner"
    assert list(answer["views"]) == ["a"]
    assert answer["views"]["a"]["outcome"] == "suggestions"
    assert any(not activity["together"] for activity in answer["views"]["a"]["activities"])
    assert any("your answers alone" in line for line in answer["views"]["a"]["limits"])


def test_with_both_reports_there_are_two_views(ask: Ask) -> None:
    answer = answers(ask(SHORTEST, SHORTEST))

    assert answer["basis"] == "both_partners"
    assert list(answer["views"]) == ["a", "b"]
    assert answer["views"]["a"] == answer["views"]["b"]


def test_swapping_the_reports_swaps_the_views(ask: Ask) -> None:
    random = Random(11)
    for _ in range(40):
        a, b = some_report(random, safe=False), some_report(random, safe=False)
        views, swapped = answers(ask(a, b))["views"], answers(ask(b, a))["views"]
        assert (views["a"], views["b"]) == (swapped["b"], swapped["a"])


@pytest.mark.parametrize("partner", ["a", "b"])
def test_a_viewer_sees_the_same_view_alone(ask: Ask, partner: str) -> None:
    random = Random(12)
    for _ in range(30):
        a, b = some_report(random, safe=False), some_report(random, safe=False)
        alone = answers(ask(a, b, viewer=partner))
        assert list(alone["views"]) == [partner]
        assert alone["views"][partner] == answers(ask(a, b))["views"][partner]
        assert alone["basis"] == "both_partners"


def test_a_viewer_without_a_report_is_refused(ask: Ask) -> None:
    assert mistakes(ask(viewer="b")) == {"#/viewer": "no_such_report"}
    assert view_of(ask(viewer="a"))["outcome"] == "suggestions"


@pytest.mark.parametrize("most", range(1, 21))
def test_max_activities_is_a_ceiling_and_nothing_is_padded(ask: Ask, most: int) -> None:
    everything = report_of({"busyness.longest_slot_minutes": 120, "circumstances.budget": "high"})
    offered = view_of(ask(everything, max_activities=most))["activities"]

    assert 1 <= len(offered) <= most
    assert len({activity["id"] for activity in offered}) == len(offered)


def test_five_activities_are_asked_for_when_nothing_is_said(ask: Ask) -> None:
    assert view_of(ask()) == view_of(ask(max_activities=5))
    assert len(view_of(ask())["activities"]) == 5


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (0, "too_small"),
        (21, "too_large"),
        (-1, "too_small"),
        (2.5, "wrong_type"),
        ("5", "wrong_type"),
        (True, "wrong_type"),
    ],
)
def test_other_numbers_of_activities_are_refused(ask: Ask, given: object, code: str) -> None:
    refused = ask(max_activities=given)

    assert mistakes(refused) == {"#/max_activities": code}
    assert "a whole number from 1 to 20" in detail(refused)


def test_reasons_are_explained_unless_asked_otherwise(ask: Ask) -> None:
    report = report_of({"communication.ease": "strained", "novelty.routine": 5, "busyness.energy": "drained"})
    plain, none, full = (view_of(ask(report, explain=explain)) for explain in ("reasons", "none", "full"))

    assert plain == view_of(ask(report))
    assert plain["trace"] is None
    assert none["trace"] is None
    assert not any(each["reasons"] for each in none["activities"] + none["strategies"])
    assert {"finding": "conflict", "level": "occasional"} in full["trace"]["findings"]
    assert "structure-first-when-talk-is-strained" in {fired["rule"] for fired in full["trace"]["rules"]}
    assert plain["activities"][0]["reasons"]
    for suggested in (each for each in plain["strategies"] if each["standing"] != "not_now"):
        assert suggested["reasons"][0] == suggested["id"]
        assert len(suggested["reasons"]) <= 3
    assert all(len(activity["reasons"]) <= 1 for activity in plain["activities"])
    assert len(plain["insights"]) <= 3
    for part in ("strategies", "activities"):
        for short, long in zip(plain[part], full[part], strict=True):
            assert {*short["reasons"]} <= {*long["reasons"]}
    assert len(full["insights"]) > len(plain["insights"])


@pytest.mark.parametrize("explain", ["none", "reasons", "full"])
def test_every_reason_that_is_named_is_said_once_and_no_other(ask: Ask, explain: str) -> None:
    random = Random(18)
    for _ in range(60):
        for view in answers(ask(some_report(random), some_report(random), explain=explain))["views"].values():
            named = [id_ for each in view["strategies"] + view["activities"] for id_ in each["reasons"]]
            named += [id_ for strategy in view["strategies"] for id_ in strategy["withheld_by"]]
            assert {*view["reasons"]} == {*named}
            texts = [reason["text"] for reason in view["reasons"].values()]
            assert len({*texts}) == len(texts)


def test_general_sentences_are_the_same_for_everyone(ask: Ask) -> None:
    random = Random(19)
    said: dict[str, set[str]] = {name: set() for name in STRATEGIES}
    for _ in range(60):
        view = view_of(ask(some_report(random), random.choice((None, some_report(random)))))
        for name in {*STRATEGIES} & {*view["reasons"]}:
            said[name].add(json.dumps(view["reasons"][name]))
            assert view["reasons"][name]["because"] == []
    assert [len(each) for each in said.values()] == [1, 1, 1]


# The moment


def test_a_turn_brings_other_wordings_and_the_same_one_the_same_bytes(ask: Ask) -> None:
    whys = {turn: view_of(ask(turn=turn))["activities"][0]["why"] for turn in range(4)}

    assert len({*whys.values()}) > 1
    assert ask(turn=0).content == ask().content
    assert ask(turn=7, seed="s").content == ask(turn=7, seed="s").content


def test_a_seed_draws_among_equals(ask: Ask) -> None:
    lists = {
        tuple(each["id"] for each in view_of(ask(report_of(LONG), report_of(LONG), seed=f"s{n}"))["activities"])
        for n in range(8)
    }

    assert len(lists) > 1
    assert ask(seed="").content == ask(seed=None).content == ask().content


LONG = {"busyness.longest_slot_minutes": 120, "circumstances.budget": "medium", "busyness.energy": "lively"}


def test_what_was_seen_makes_room_for_something_else(ask: Ask) -> None:
    first = [each["id"] for each in view_of(ask(SHORTEST, SHORTEST))["activities"]]
    views = answers(ask(SHORTEST, SHORTEST, seen={"a": first}, turn=1))["views"]
    of_both = answers(ask(SHORTEST, SHORTEST, seen=first, turn=1))["views"]

    assert [each["id"] for each in views["a"]["activities"]] != first
    assert views["b"] == answers(ask(SHORTEST, SHORTEST, turn=1))["views"]["b"]
    assert views["a"] == of_both["a"] == of_both["b"]
    assert ask(seen=["no-such-thing"] * 200).content == ask(seen=[]).content == ask().content


@pytest.mark.parametrize(
    ("given", "where", "code"),
    [
        ({"seed": "x" * 65}, "#/seed", "too_long"),
        ({"seed": 7}, "#/seed", "wrong_type"),
        ({"turn": -1}, "#/turn", "too_small"),
        ({"turn": 10_001}, "#/turn", "too_large"),
        ({"turn": 1.5}, "#/turn", "wrong_type"),
        ({"seen": ["a"] * 201}, "#/seen", "too_long"),
        ({"seen": ["a" * 65]}, "#/seen/0", "too_long"),
        ({"seen": "evening-walk"}, "#/seen", "wrong_type"),
        ({"seen": {"b": ["a"] * 201}}, "#/seen/b", "too_long"),
        ({"seen": {"c": []}}, "#/seen/c", "unknown_field"),
    ],
)
def test_another_moment_is_refused_and_not_repeated(ask: Ask, given: dict[str, Any], where: str, code: str) -> None:
    refused = ask(**given)

    assert mistakes(refused) == {where: code}
    assert "xxxx" not in refused.text


def test_neither_a_seed_nor_what_was_seen_is_logged(ask: Ask) -> None:
    with structlog.testing.capture_logs() as lines:
        answers(ask(seed="secret-seed", seen=["tea-in-silence"]))
        mistakes(ask(seed="secret-seed", seen=["tea-in-silence"], turn=-1))

    assert lines
    assert not any(word in str(lines) for word in ("secret-seed", "tea-in-silence"))


@pytest.mark.parametrize(("given", "near"), [("ful", "full"), ("FULL", "full"), ("reason", "reasons")])
def test_another_explanation_is_refused(ask: Ask, given: str, near: str) -> None:
    assert f"did you mean '{near}'?" in detail(ask(explain=given))


@pytest.mark.parametrize("locale", [None, "en", "EN", "en-GB", "en_us", "tlh", "", "not a tag", "a\0b", "x" * 35])
def test_any_language_is_answered_and_said(ask: Ask, locale: str | None) -> None:
    answer = ask(locale=locale, headers={"Accept-Language": "xx, en;q=0.5"})

    assert answer.status_code == 200
    assert answer.headers["content-language"] == "en"
    assert answer.content == ask().content


def test_a_language_of_the_body_goes_before_that_of_the_header(connect: Callable[..., TestClient]) -> None:
    rulesets = ActiveRuleset()
    english = rulesets.current.texts["en"]
    strange = {key: f"xq {text}" for key, text in english.items()}
    rulesets.current = replace(rulesets.current, texts={"en": english, "xq": strange})
    caller = connect(create_app(Settings(), rulesets, clock=clock.now))

    said = caller.post(PATH, json={"reports": {"a": SHORTEST}, "locale": "xq-AA"}, headers={"Accept-Language": "en"})
    wished = caller.post(PATH, json={"reports": {"a": SHORTEST}}, headers={"Accept-Language": "de, xq;q=0.3"})

    assert said.headers["content-language"] == wished.headers["content-language"] == "xq"
    assert view_of(said)["activities"][0]["title"].startswith("xq ")
    assert said.content == wished.content


@pytest.mark.parametrize(
    ("country", "links"),
    [
        ("US", ("/v1/help?country=US", "/v1/help?country=US")),
        ("us", ("/v1/help?country=US", "/v1/help?country=US")),
        ("ZZ", ("/v1/help?country=ZZ", "/v1/help?country=ZZ")),
        (None, ("/v1/help", "/v1/help")),
        ({"a": "US", "b": "de"}, ("/v1/help?country=US", "/v1/help?country=DE")),
        ({"b": "GB"}, ("/v1/help", "/v1/help?country=GB")),
        ({"a": None}, ("/v1/help", "/v1/help")),
        ({}, ("/v1/help", "/v1/help")),
    ],
)
def test_the_country_leads_each_to_help(caller: TestClient, ask: Ask, country: object, links: tuple[str, str]) -> None:
    views = answers(ask(SHORTEST, SHORTEST, country=country))["views"]

    assert (views["a"]["help"], views["b"]["help"]) == links
    assert caller.get(links[1]).status_code == 200


@pytest.mark.parametrize(
    ("country", "where"),
    [
        ("USA", "#/country"),
        ("U", "#/country"),
        ("", "#/country"),
        ("U1", "#/country"),
        (1, "#/country"),
        (["US"], "#/country"),
        ({"a": "USA"}, "#/country/a"),
        ({"c": "US"}, "#/country/c"),
    ],
)
def test_what_cannot_be_a_country_is_refused(ask: Ask, country: object, where: str) -> None:
    assert list(mistakes(ask(country=country))) == [where]


def test_the_ruleset_in_force_may_be_pinned_and_no_other(ask: Ask, rulesets: ActiveRuleset) -> None:
    head = rulesets.current

    pinned = ask(ruleset=head.version)
    assert answers(pinned)["ruleset"] == {"version": head.version, "digest": head.digest}
    assert pinned.content == ask().content
    refused = ask(ruleset="1999.1", viewer="b")
    assert mistakes(refused) == {"#/ruleset": "unknown_ruleset", "#/viewer": "no_such_report"}
    assert "1999.1" not in refused.text


def test_what_a_ruleset_says_is_said_with_what_is_wrong_with_the_form(ask: Ask) -> None:
    refused = ask(ruleset="1999.1", viewer="b", max_activities=0, mode="long")
    assert refused.status_code == 422
    assert mistakes(refused) == {
        "#/max_activities": "too_small",
        "#/mode": "unknown_field",
        "#/viewer": "no_such_report",
        "#/ruleset": "unknown_ruleset",
    }
    assert refused.json()["detail"] == "4 parts are not valid."
    assert mistakes(ask(ruleset="1" * 65, max_activities=0)) == {
        "#/max_activities": "too_small",
        "#/ruleset": "too_long",
    }
    assert mistakes(ask(ruleset=7, viewer="both")) == {"#/viewer": "unknown_level", "#/ruleset": "wrong_type"}


def test_null_is_the_same_as_absent(ask: Ask, caller: TestClient) -> None:
    nulls = report_of({path: None for path in (*PATHS, "keep_private") if path not in (*REQUIRED, LIKES)})
    options = dict.fromkeys(
        ("country", "locale", "max_activities", "explain", "viewer", "ruleset", "seed", "turn", "seen")
    )
    groups = dict.fromkeys(
        ("goal", "communication", "closeness", "novelty", "circumstances", "private", "mutual", "safety")
    )

    plain = ask().content
    assert ask(nulls, **options).content == plain
    assert ask(SHORTEST | groups).content == plain
    assert caller.post(PATH, json={"reports": {"a": SHORTEST, "b": None}}).content == plain


@pytest.mark.parametrize("path", REQUIRED)
def test_null_does_for_no_answer_that_is_needed(ask: Ask, path: str) -> None:
    group = path.partition(".")[0]

    assert list(mistakes(ask(with_answer(SHORTEST, path, None)))) == [pointer_to(path)]
    assert mistakes(ask({**SHORTEST, group: {}})) == {pointer_to(path): "required"}
    assert mistakes(ask({name: SHORTEST[name] for name in SHORTEST if name != group})) == {pointer_to(path): "required"}


# Levels


def off_by_one_letter(level: str) -> str:
    return level[:-1] + ("q" if level[-1] != "q" else "w")


@pytest.mark.parametrize("path", [*CHOICES, *SETS])
def test_every_level_is_taken_and_none_that_is_off_by_a_letter(ask: Ask, path: str) -> None:
    levels = CHOICES.get(path) or SETS[path]
    for level in levels:
        answers(ask(with_answer(SHORTEST, path, level if path in CHOICES else [level])))

        wrong = off_by_one_letter(level)
        refused = ask(with_answer(SHORTEST, path, wrong if path in CHOICES else [wrong]))
        where = pointer_to(path) if path in CHOICES else f"{pointer_to(path)}/0"
        assert mistakes(refused) == {where: "unknown_level"}
        assert detail(refused).endswith(f"levels: {', '.join(levels)}")
        if path in PRIVATE:
            assert "did you mean" not in detail(refused)
        elif len(level) > 2:
            assert f"did you mean '{level}'?" in detail(refused)


@pytest.mark.parametrize("path", SETS)
def test_a_set_may_be_empty_or_hold_all(ask: Ask, path: str) -> None:
    for several in ([], list(SETS[path])[: LARGEST.get(path)], [SETS[path][0], SETS[path][0]]):
        answers(ask(with_answer(SHORTEST, path, several)))


def test_three_topics_at_most_are_named(ask: Ask) -> None:
    four = ["money", "work", "plans", "faith"]
    refused = ask(with_answer(SHORTEST, "mutual.about", four))

    assert mistakes(refused) == {pointer_to("mutual.about"): "too_long"}
    assert "a list of at most 3" in detail(refused)
    answers(ask(with_answer(SHORTEST, "mutual.about", [*four[:3], "money"])))


def test_preferences_may_be_empty(ask: Ask) -> None:
    answers(ask(SHORTEST | {"activity_preferences": {}}))


@pytest.mark.parametrize(("a", "b", "is_shown"), [("open", "everyday_touch", True), ("open", "no", False)])
def test_what_both_are_open_to_is_met_at_once(caller: TestClient, a: str, b: str, *, is_shown: bool) -> None:
    reports = {name: with_answer(SHORTEST, "mutual.affection", said) for name, said in (("a", a), ("b", b))}
    for viewer in (None, "a", "b"):
        reply = answers(caller.post(PATH, json={"reports": reports, "viewer": viewer, "max_activities": 20}))
        for view in reply["views"].values():
            assert ("affection" in {activity["practice"] for activity in view["activities"]}) is is_shown


def test_a_mutual_answer_that_the_other_did_not_give_changes_nothing_of_theirs(caller: TestClient) -> None:
    def view_of_b(**said: object) -> object:
        reports = {"a": SHORTEST | {"mutual": said}, "b": with_answer(SHORTEST, "mutual.about", ["screens"])}
        return answers(caller.post(PATH, json={"reports": reports}))["views"]["b"]

    assert view_of_b(affection="open", about=["money"]) == view_of_b(affection="no") == view_of_b()


def test_a_liking_of_touch_and_a_separation_change_nothing_of_the_others(caller: TestClient) -> None:
    def view_of_b(likes: dict[str, str], season: list[str]) -> object:
        a = SHORTEST | {"activity_preferences": {"likes": likes}, "circumstances": {"season": season}}
        a |= {"mutual": {"affection": "open"}}
        reports = {"a": a, "b": with_answer(SHORTEST, "mutual.affection", "open")}
        return answers(caller.post(PATH, json={"reports": reports}))["views"]["b"]

    assert view_of_b({"walk": "love", "touch": "avoid"}, ["separation"]) == view_of_b({"walk": "love"}, [])


@pytest.mark.parametrize("path", SCALES)
def test_a_scale_takes_its_steps_and_nothing_else(ask: Ask, path: str) -> None:
    for step in range(1, SCALES[path] + 1):
        answers(ask(with_answer(SHORTEST, path, step)))
    others: list[object] = [0, SCALES[path] + 1, -1, 2.5, "3", True, False, [1], {}]
    for wrong in others:
        (mistake,) = mistakes(ask(with_answer(SHORTEST, path, wrong))).items()
        assert mistake[0] == pointer_to(path)
        assert mistake[1] in ("unknown_level", "wrong_type")


@pytest.mark.parametrize("path", YES_NO)
def test_yes_and_no_are_true_and_false_and_nothing_else(ask: Ask, path: str) -> None:
    for given in (True, False):
        answers(ask(with_answer(SHORTEST, path, given)))
    others: list[object] = [1, 0, 1.0, "true", "yes", "no", [], {}]
    for wrong in others:
        assert mistakes(ask(with_answer(SHORTEST, path, wrong))) == {pointer_to(path): "wrong_type"}, wrong


@pytest.mark.parametrize("path", HOURS)
def test_hours_go_by_quarters(ask: Ask, path: str) -> None:
    for hours in (0, 0.25, 0.5, 4, 4.0, 7.75, 168):
        answers(ask(with_answer(SHORTEST, path, hours)))
    for wrong, code in (
        (-0.25, "too_small"),
        (168.25, "too_large"),
        (0.1, "not_a_step"),
        (4.2501, "not_a_step"),
        ("4", "wrong_type"),
        (True, "wrong_type"),
        ([4], "wrong_type"),
    ):
        assert mistakes(ask(with_answer(SHORTEST, path, wrong))) == {pointer_to(path): code}, wrong


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_finite_number_is_refused(caller: TestClient, word: str) -> None:
    body = json.dumps({"reports": {"a": SHORTEST}}).replace('"hours_per_week": 4', f'"hours_per_week": {word}')

    refused = caller.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code in (400, 422)
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", INTEGERS)
def test_whole_numbers_keep_to_their_range(ask: Ask, path: str) -> None:
    least, most = INTEGERS[path]
    for given in (least, least + 1, most - 1, most):
        answers(ask(with_answer(SHORTEST, path, given)))
    for wrong, code in (
        (least - 1, "too_small"),
        (most + 1, "too_large"),
        (10.5, "wrong_type"),
        ("10", "wrong_type"),
        (True, "wrong_type"),
        (False, "wrong_type"),
        ({}, "wrong_type"),
    ):
        assert mistakes(ask(with_answer(SHORTEST, path, wrong))) == {pointer_to(path): code}, wrong


def test_kinds_are_rated_one_by_one(ask: Ask) -> None:
    answers(ask(with_answer(SHORTEST, LIKES, {})))
    for kind in KINDS:
        for liking in LIKINGS:
            answers(ask(with_answer(SHORTEST, LIKES, {kind: liking})))
        for rating in range(1, 6):
            answers(ask(with_answer(SHORTEST, COUNTS, {kind: rating})))
        wrong = off_by_one_letter(kind)
        for path in (LIKES, COUNTS):
            refused = ask(with_answer(SHORTEST, path, {wrong: "love" if path == LIKES else 3}))
            assert mistakes(refused) == {f"{pointer_to(path)}/{wrong}": "unknown_field"}
            assert f"did you mean '{kind}'?" in detail(refused)
    for wrong_rating in (0, 6, "3", True, 2.5):
        assert list(mistakes(ask(with_answer(SHORTEST, COUNTS, {"walk": wrong_rating})))) == [
            f"{pointer_to(COUNTS)}/walk"
        ]


def test_every_pooled_answer_and_no_other_may_be_kept_private(ask: Ask) -> None:
    answers(ask(SHORTEST | {"keep_private": list(POOLED)}, SHORTEST))
    for path in PRIVATE:
        refused = ask(SHORTEST | {"keep_private": ["goal", path]})
        assert mistakes(refused) == {"#/reports/a/keep_private/1": "unknown_level"}


def test_all_mistakes_are_told_at_once_wherever_they_are(ask: Ask) -> None:
    wrong_a = wrong_b = SHORTEST
    expected: dict[str, str] = {}
    for number, path in enumerate((*CHOICES, *SCALES, *YES_NO)):
        # By turns, so that all of them can be listed.
        if number % 2:
            wrong_b = with_answer(wrong_b, path, "qqq")
        else:
            wrong_a = with_answer(wrong_a, path, "qqq")
        code = "wrong_type" if path in YES_NO else "unknown_level"
        expected[pointer_to(path, "ab"[number % 2])] = code
    for path in (*HOURS, *INTEGERS):
        wrong_a = with_answer(wrong_a, path, -1)
        expected[pointer_to(path)] = "too_small"
    expected |= {"#/viewer": "unknown_level", "#/max_activities": "too_large", "#/extra": "unknown_field"}

    assert len(expected) <= MAX_LISTED

    refused = ask(wrong_a, wrong_b, viewer="A", max_activities=99, extra=None)
    listed = mistakes(refused)
    assert listed == expected
    assert refused.json()["detail"].startswith(f"{len(expected)} parts are not valid")


@pytest.mark.parametrize(
    "where",
    [
        "",
        "reports",
        "reports/a",
        "reports/b",
        "country",
        *(f"reports/a/{group}" for group in SHORTEST),
        "reports/a/safety",
    ],
)
def test_an_unknown_field_is_refused_at_every_depth(caller: TestClient, where: str) -> None:
    body: dict[str, Any] = {"reports": {"a": {**SHORTEST, "safety": {}}, "b": SHORTEST}, "country": {}}
    body = json.loads(json.dumps(body))
    place = body
    for name in filter(None, where.split("/")):
        place = place[name]
    place["qqq"] = None

    refused = caller.post(PATH, json=body)
    assert mistakes(refused) == {f"#/{where}/qqq".replace("//", "/"): "unknown_field"}


@pytest.mark.parametrize("path", sorted(PRIVATE))
def test_nothing_of_a_private_answer_comes_back(ask: Ask, path: str) -> None:
    for wrong in ("canary", ["canary"], {"canary": "canary"}, 987654321):
        refused = ask(with_answer(SHORTEST, path, wrong))
        where = f"{pointer_to(path)}/0" if path in SETS and isinstance(wrong, list) else pointer_to(path)
        assert list(mistakes(refused)) == [where]
        assert "canary" not in refused.text
        assert "987654321" not in refused.text


# What cannot be read


@pytest.mark.parametrize("body", ["", "{", '{"reports": }', "\ufeff", "{'reports': 1}", '{"a": 1}}'])
def test_what_is_no_json_is_400(caller: TestClient, body: str) -> None:
    refused = caller.post(PATH, content=body.encode(), headers={"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_json")


def test_a_body_that_is_too_large_is_413(caller: TestClient) -> None:
    refused = caller.post(PATH, content=b" " * 262_145, headers={"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_media_type_is_415(caller: TestClient, media_type: str) -> None:
    body = json.dumps({"reports": {"a": SHORTEST}})

    refused = caller.post(PATH, content=body, headers={"Content-Type": media_type})
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")


# What is kept private


def test_what_is_kept_private_counts_in_ones_own_view_alone(ask: Ask) -> None:
    kept = report_of({"conflict.level": "chronic"}) | {"keep_private": ["conflict.level"]}
    calm = with_answer(SHORTEST, "conflict.level", "rare")

    views = answers(ask(kept, calm, explain="full"))["views"]
    assert {"finding": "conflict", "level": "chronic"} in views["a"]["trace"]["findings"]
    assert {"finding": "conflict", "level": "rare"} in views["b"]["trace"]["findings"]
    assert max(activity["minutes"] for activity in views["a"]["activities"]) <= 45


def test_to_the_other_it_is_as_unanswered(ask: Ask) -> None:
    random = Random(13)
    for _ in range(40):
        a, b = some_report(random), some_report(random)
        kept = [path for path in POOLED if path not in REQUIRED and random.random() < 0.3]
        views = answers(ask({**a, "keep_private": kept}, b))["views"]
        assert views["b"] == answers(ask(without_answers({**a, "keep_private": []}, kept), b))["views"]["b"]


# Support


KIND_OF = {
    "self_harm": "crisis",
    "fear": "danger",
    "hurt": "danger",
    "injury": "danger",
    "threat": "danger",
    "forced": "danger",
    "control": "danger",
    "humiliated": "concern",
    "worried_about_own_acts": "own_acts",
}
GRAVEST_FIRST = ("crisis", "danger", "concern", "own_acts")


def asks_for_help(*names: str) -> Report:
    safety = {name: "often" if name == "humiliated" else "yes" for name in names}
    return {**SHORTEST, "safety": safety}


def help_of(caller: TestClient, country: str, *kinds: str) -> list[str]:
    return [
        line["name"] for line in caller.get(f"/v1/help?country={country}").json()["data"] if {*line["kinds"]} & {*kinds}
    ]


@pytest.mark.parametrize("name", KIND_OF)
def test_each_safety_answer_alone_leads_to_its_kind_of_support(caller: TestClient, ask: Ask, name: str) -> None:
    view = view_of(ask(asks_for_help(name), SHORTEST, country="US", explain="full"))

    assert view["outcome"] == "support"
    assert view["support"]["kind"] == KIND_OF[name]
    assert [view[part] for part in ("strategies", "activities", "insights", "ask_next")] == [[], [], [], []]
    assert view["trace"] is None
    assert [line["name"] for line in view["support"]["resources"]] == help_of(caller, "US", KIND_OF[name])
    for line in view["support"]["resources"]:
        assert list(line) == ["name", "for_whom", "contact", "links", "hours", "country", "source", "verified_on"]
        assert line["country"] in ("US", None)
        assert all(link.split(":")[0] in {"tel", "sms", "https"} for link in line["links"])


def test_help_begins_with_what_to_do_now_then_thanks_and_then_speaks_of_what_was_marked(ask: Ask) -> None:
    for name, begins in (("forced", "If you are in danger now"), ("self_harm", "If you might act on it now")):
        first, second, third, *others = view_of(ask(asks_for_help(name), country="US"))["support"]["text"].split("\n\n")
        assert first.startswith(begins)
        assert second.startswith("Thank you")
        assert third.startswith("A no counts every time") is (name == "forced")
        assert others


def test_the_gravest_is_named_and_help_for_all_is_given(caller: TestClient, ask: Ask) -> None:
    random = Random(14)
    for _ in range(60):
        names = random.sample(list(KIND_OF), random.randint(2, 5))
        kinds = {KIND_OF[name] for name in names}
        support = view_of(ask(asks_for_help(*names), country="GB"))["support"]
        assert support["kind"] == min(kinds, key=GRAVEST_FIRST.index)
        assert [line["name"] for line in support["resources"]] == help_of(caller, "GB", *kinds)


def test_where_no_line_is_known_the_text_says_so_and_a_directory_is_there(ask: Ask) -> None:
    known = view_of(ask(asks_for_help("fear"), country="US"))["support"]
    unknown, absent = (view_of(ask(asks_for_help("fear"), country=each))["support"] for each in ("ZZ", None))

    assert unknown == absent
    assert unknown["text"] != known["text"]
    assert "local emergency number" in unknown["text"]
    assert "don't have a help line" in unknown["text"]
    assert [line["country"] for line in unknown["resources"]] == [None]


def test_where_the_emergency_number_is_all_there_is_for_a_kind_the_text_says_so(ask: Ask) -> None:
    support = view_of(ask(asks_for_help("worried_about_own_acts"), country="ES"))["support"]

    assert [line["contact"] for line in support["resources"]] == ["Call 112", "findahelpline.com"]
    assert "a help line for this" in support["text"]


@pytest.mark.parametrize("name", KIND_OF)
def test_no_skip_and_silence_lead_nowhere(ask: Ask, name: str) -> None:
    levels = ("never", "rarely", "skip") if name == "humiliated" else ("no", "skip")

    plain = ask(SHORTEST, SHORTEST).content
    for level in levels:
        assert ask({**SHORTEST, "safety": {name: level}}, SHORTEST).content == plain


def test_the_other_sees_what_they_would_have_seen_anyway(ask: Ask) -> None:
    views = answers(ask(asks_for_help("fear", "self_harm"), SHORTEST))["views"]

    assert views["a"]["outcome"] == "support"
    assert views["b"] == answers(ask(SHORTEST, SHORTEST))["views"]["b"]


# Not now


def test_one_who_is_not_willing_is_offered_nothing_and_told_kindly(ask: Ask) -> None:
    view = view_of(ask(report_of(RELUCTANT), SHORTEST))

    assert view["outcome"] == "nothing_now"
    assert view["activities"] == []
    assert view["ask_next"] == []
    assert [strategy["id"] for strategy in view["strategies"]] == STRATEGIES
    assert {strategy["standing"] for strategy in view["strategies"]} == {"not_now"}
    assert {id_ for strategy in view["strategies"] for id_ in strategy["withheld_by"]} == {"not_willing"}
    assert [*view["reasons"]] == ["not_willing"]


def test_small_steps_are_short_and_familiar(ask: Ask) -> None:
    random = Random(15)
    for _ in range(40):
        careful = with_answer(some_report(random), "private.willingness", "small_steps")
        view = view_of(ask(careful, some_report(random), max_activities=20))
        assert all(one["minutes"] <= 30 and one["novelty"] <= 1 for one in view["activities"])


# How it is answered


def test_an_answer_is_kept_by_nobody_and_carries_what_every_answer_carries(ask: Ask) -> None:
    headers = ask(headers={"X-Request-Id": "a-1"}).headers

    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-request-id"] == "a-1"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["rekindle-version"]
    assert headers["vary"] == "Accept-Encoding"
    assert not {"etag", "last-modified", "set-cookie"} & {*headers}


def test_a_refusal_is_kept_by_nobody_too(ask: Ask) -> None:
    assert ask({}).headers["cache-control"] == "no-store"


def test_the_same_input_gives_the_same_bytes(caller: TestClient) -> None:
    """Whatever was asked in between, and from an application that has been asked nothing yet."""
    random = Random(16)
    asked = [
        {
            "reports": {"a": some_report(random, safe=False), "b": some_report(random, safe=False)},
            **some_options(random),
        }
        for _ in range(60)
    ]
    fresh = create_app(Settings(), ActiveRuleset(), clock=clock.now)

    here = [caller.post(PATH, json=one).content for one in asked]
    with TestClient(fresh) as another:
        there = [another.post(PATH, json=one).content for one in reversed(asked)]
        again = [another.post(PATH, json=one).content for one in asked]
    assert here == there[::-1] == again


def test_every_answer_is_as_documented(ask: Ask) -> None:
    documented = TypeAdapter(RecommendationOut)
    random = Random(17)
    outcomes = set()
    for _ in range(600):
        a, b = (some_report(random, safe=random.random() < 0.7) for _ in "ab")
        answer = ask(a, b if random.random() < 0.8 else None, **some_options(random))
        assert answer.status_code == 200, answer.text
        read = documented.validate_json(answer.content, strict=True)
        for view in read.views.values():
            outcomes.add(view["outcome"])
            assert {*view} == {
                "outcome", "opening", "strategies", "activities", "insights", "reasons", "ask_next", "support",
                "limits", "help", "next_check_in_days", "trace",
            }  # fmt: skip
            assert (view["support"] is not None) == (view["outcome"] == "support")
            assert bool(view["activities"]) == (view["outcome"] == "suggestions")
            assert any("not therapy" in line for line in view["limits"])
            assert any("relationship is safe" in line for line in view["limits"])
            if view["outcome"] != "support":
                assert sorted(strategy["rank"] for strategy in view["strategies"]) == [1, 2, 3]
            for activity in view["activities"]:
                assert "unsafe" in activity["decline_reasons"]
        assert json.loads(answer.content) == documented.dump_python(read, mode="json")
    assert outcomes == {"suggestions", "nothing_now", "support"}


def test_null_is_as_absent_in_maps_and_where_something_is_needed(caller: TestClient) -> None:
    likes = with_answer(SHORTEST, LIKES, {"walk": "love"})
    counts = with_answer(likes, COUNTS, {"walk": 5})
    with_nulls = with_answer(
        with_answer(counts, LIKES, {"walk": "love", "dance": None}), COUNTS, {"walk": 5, "art": None}
    )

    def ask(report: object) -> Any:
        return caller.post(PATH, json={"reports": {"a": report}})

    assert ask(with_nulls).content == ask(counts).content
    assert mistakes(ask({**SHORTEST, "conflict": None})) == {"#/reports/a/conflict/level": "required"}
    assert mistakes(ask({**SHORTEST, "conflict": {"level": None}})) == {"#/reports/a/conflict/level": "required"}


def test_a_whole_number_may_be_written_with_a_point(caller: TestClient) -> None:
    given = {**SHORTEST, "busyness": {"level": "full", "minutes_per_week": 60.0, "longest_slot_minutes": 45.0}}
    whole = {**SHORTEST, "busyness": {"level": "full", "minutes_per_week": 60, "longest_slot_minutes": 45}}

    answers_ = [caller.post(PATH, json={"reports": {"a": each}, "max_activities": 5.0}) for each in (given, whole)]

    assert [each.status_code for each in answers_] == [200, 200]
    assert answers_[0].content == answers_[1].content


def test_no_locale_is_a_mistake(caller: TestClient) -> None:
    answer = caller.post(PATH, json={"reports": {"a": SHORTEST}, "locale": "en-US-u-ca-gregory-nu-latn-x-" + "a" * 99})

    assert (answer.status_code, answer.headers["content-language"]) == (200, "en")


def test_only_utf_8_is_read(caller: TestClient) -> None:
    body = json.dumps({"reports": {"a": SHORTEST}})

    refused = caller.post(PATH, content=body.encode("utf-16"), headers={"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("path", [PATH, "/v1/explanations"])
def test_a_query_that_would_do_nothing_is_refused(caller: TestClient, path: str) -> None:
    asked: dict[str, Any] = {"reports": {"a": SHORTEST}}
    if path != PATH:
        asked |= {"viewer": "a", "target": "evening-walk"}

    assert mistakes(caller.post(f"{path}?explain=full", json=asked)) == {"#/explain": "unknown_field"}
