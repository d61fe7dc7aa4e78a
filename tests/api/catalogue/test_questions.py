from collections.abc import Callable
from copy import deepcopy
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.engine.answer_types import Kind
from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from tests.client import TestClient

Json = dict[str, Any]


@pytest.fixture
def form(client: TestClient) -> Json:
    form: Json = client.get("/v1/questions").json()
    return form


@pytest.fixture
def is_valid(form: Json) -> Callable[[Json], bool]:
    Draft202012Validator.check_schema(form["schema"])
    validator = Draft202012Validator(form["schema"])
    return lambda report: bool(validator.is_valid(report))


@pytest.fixture
def is_accepted(client: TestClient) -> Callable[[Json], bool]:
    def is_accepted(report: Json) -> bool:
        status = client.post("/v1/recommendations", json={"reports": {"a": report}}).status_code
        assert status in (200, 422)
        return status == 200

    return is_accepted


def place(schema: Json, pointer: str) -> Json:
    """What the schema says of one answer, null left aside."""
    here = schema
    for name in pointer.strip("/").split("/"):
        here = resolved(schema, here)["properties"][name]
    return resolved(schema, here)


def resolved(schema: Json, node: Json) -> Json:
    node = next((form for form in node.get("anyOf", ()) if form.get("type") != "null"), node)
    found: Json = schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    return found


def test_every_answer_is_asked_for_once(form: Json) -> None:
    assert sorted(question["id"] for question in form["questions"]) == sorted(ANSWERS)


def test_questions_of_one_group_stand_together_and_in_its_order(form: Json) -> None:
    groups = [group["id"] for group in form["groups"]]

    assert list(dict.fromkeys(question["group"] for question in form["questions"])) == groups
    assert [q["group"] for q in form["questions"]] == sorted([q["group"] for q in form["questions"]], key=groups.index)


def test_questions_say_what_the_engine_reads(form: Json) -> None:
    for question in form["questions"]:
        answer = ANSWERS[question["id"]]
        assert question["input"] == ("picks" if answer.path == "activity_preferences.likes" else answer.shape)
        assert (question["audience"] == "pooled") is answer.is_pooled
        assert question["ask_alone"] is not answer.is_pooled
        assert sorted(str(level["value"]) for level in question["levels"]) == sorted(answer.levels)
        assert [key["value"] for key in question["keys"]] == (
            list(get_args(Kind)) if answer.shape.startswith("map_of") else []
        )
        assert all(level["label"] for level in question["levels"])


def test_likes_are_asked_for_as_up_to_five_that_are_loved_and_any_to_leave_out(form: Json) -> None:
    (likes,) = [question for question in form["questions"] if question["input"] == "picks"]

    assert likes["id"] == "activity_preferences.likes"
    assert likes["max"] == 5
    assert {"avoid", "love"} <= {level["value"] for level in likes["levels"]}


def test_questions_and_schema_say_the_same(form: Json) -> None:
    for question in form["questions"]:
        answer = place(form["schema"], question["pointer"])
        of_one = answer.get("items") or answer.get("additionalProperties", {}).get("anyOf", [answer])[0]
        levels = [level["value"] for level in question["levels"]]
        match question["input"]:
            case "number" | "integer":
                assert (question["min"], question["max"]) == (answer["minimum"], answer["maximum"])
                assert question["step"] == answer.get("multipleOf", 1)
                assert question["unit"]
            case "yes_no":
                assert answer["type"] == "boolean"
            case "scale" | "map_of_scales":
                assert of_one["enum"] == levels == list(range(question["min"], question["max"] + 1))
            case _:
                assert sorted(of_one["enum"]) == sorted(levels)
        if question["keys"]:
            assert answer["propertyNames"]["enum"] == [key["value"] for key in question["keys"]]


def test_what_is_required_is_required_in_both(form: Json) -> None:
    required = {question["id"] for question in form["questions"] if question["required"]}
    schema = form["schema"]

    assert required == {
        "time_together.hours_per_week",
        "conflict.level",
        "busyness.level",
    }
    assert required == {
        f"{group}.{name}" for group in schema["required"] for name in place(schema, group).get("required", ())
    }
    assert all(question["first_minute"] for question in form["questions"] if question["required"])


def test_a_question_is_shown_because_of_one_that_came_before(form: Json) -> None:
    asked: dict[str, Json] = {}
    for question in form["questions"]:
        if question["show_when"]:
            before = asked[question["show_when"]["question"]]
            possible = [level["value"] for level in before["levels"]] or [True, False]
            assert set(question["show_when"]["in"]) < set(possible)
        asked[question["id"]] = question


def test_safety_is_asked_alone_and_can_be_skipped(form: Json) -> None:
    safety = [question for question in form["questions"] if question["group"] == "safety"]

    assert len(safety) == 9
    for question in safety:
        assert question["ask_alone"]
        assert not question["required"]
        assert not question["first_minute"]
        assert "skip" in [level["value"] for level in question["levels"]]


def test_whatever_is_pooled_may_be_kept_private_and_is_called_by_its_question(form: Json) -> None:
    keep = next(question for question in form["questions"] if question["id"] == "keep_private")
    words = {question["id"]: question["text"] for question in form["questions"]}

    assert {level["value"] for level in keep["levels"]} == POOLED_PATHS
    assert all(level["label"] == words[level["value"]] for level in keep["levels"])


def test_the_smallest_report_is_valid(is_valid: Callable[[Json], bool], whole_report: Json) -> None:
    assert is_valid(whole_report)


@pytest.mark.parametrize("nth", [0, -1])
def test_the_form_alone_is_enough_to_answer_everything(
    form: Json, is_valid: Callable[[Json], bool], is_accepted: Callable[[Json], bool], nth: int
) -> None:
    report: Json = {}
    for question in form["questions"]:
        here = report
        *groups, name = question["pointer"].strip("/").split("/")
        for group in groups:
            here = here.setdefault(group, {})
        here[name] = answer_to(question, nth)

    assert is_valid(report)
    assert is_accepted(report)


def answer_to(question: Json, nth: int) -> object:
    levels = [level["value"] for level in question["levels"]]
    match question["input"]:
        case "number" | "integer":
            return (question["min"], question["max"])[nth]
        case "yes_no":
            return (True, False)[nth]
        case "choices":
            return levels[: (question["max"] or len(levels)) * -nth]
        case "picks" | "map_of_scales":
            return {key["value"]: levels[nth] for key in question["keys"]}
        case _:
            return levels[nth]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("conflict/level", "chronik"),
        ("conflict/level", None),
        ("time_together/hours_per_week", 168.25),
        ("time_together/hours_per_week", 0.1),
        ("time_together/hours_per_week", "4"),
        ("time_together/hours_per_week", True),
        ("busyness/longest_slot_minutes", 4),
        ("busyness/minutes_per_week", 10.5),
        ("activity_preferences/likes", {"walking": "love"}),
        ("activity_preferences/likes", {"walk": "adore"}),
        ("activity_preferences/counts_as_quality_time", {"walk": 6}),
        ("closeness/level", 8),
        ("closeness/feelings", ["sad"]),
        ("closeness/knows_where_to_start", "yes"),
        ("safety/fear", True),
        ("keep_private", ["private.willingness"]),
        ("nickname", "Kim"),
        ("conflict/level_of_it", "rare"),
    ],
)
def test_what_the_server_refuses_the_schema_refuses_too(
    is_valid: Callable[[Json], bool],
    is_accepted: Callable[[Json], bool],
    whole_report: Json,
    pointer: str,
    value: object,
) -> None:
    spoiled = deepcopy(whole_report)
    *groups, name = pointer.split("/")
    here = spoiled
    for group in groups:
        here = here.setdefault(group, {})
    here[name] = value

    assert not is_valid(spoiled)
    assert not is_accepted(spoiled)


@pytest.mark.parametrize("group", ["time_together", "conflict", "busyness", "activity_preferences"])
def test_without_a_required_group_a_report_is_refused_by_both(
    is_valid: Callable[[Json], bool], is_accepted: Callable[[Json], bool], whole_report: Json, group: str
) -> None:
    del whole_report[group]

    assert not is_valid(whole_report)
    assert not is_accepted(whole_report)


def test_null_is_the_same_as_absent_where_an_answer_may_be_absent(
    form: Json, is_valid: Callable[[Json], bool], is_accepted: Callable[[Json], bool], whole_report: Json
) -> None:
    for question in form["questions"]:
        *groups, name = question["pointer"].strip("/").split("/")
        if not question["required"]:
            (whole_report.setdefault(groups[0], {}) if groups else whole_report)[name] = None

    assert is_valid(whole_report)
    assert is_accepted(whole_report)


def test_it_names_its_version_and_its_language(client: TestClient, form: Json) -> None:
    assert form["version"] == client.get("/v1/rulesets").json()["data"][-1]["version"]
    assert form["locale"] == "en"
    assert form["schema"]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
