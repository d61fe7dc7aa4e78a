from collections.abc import Callable
from typing import Annotated, Any, Literal
from unittest.mock import Mock

import pytest
from fastapi import FastAPI, Query
from httpx2 import Response
from pydantic import AfterValidator, BaseModel, ConfigDict

from app.api.http import validation
from app.api.http.validation import MAX_GUESSED, is_private, pointer
from app.engine.vocabulary import ANSWERS
from app.errors import MAX_LISTED
from tests.client import TestClient


def mistakes_of(client: TestClient, body: object, path: str = "/v1/recommendations") -> dict[str, dict[str, str]]:
    answer = client.post(path, json=body)
    assert answer.status_code == 422, answer.text
    assert [set(one) for one in answer.json()["errors"]] == [{"in", "pointer", "code", "detail"}] * len(
        answer.json()["errors"]
    )
    return {one["pointer"]: one for one in answer.json()["errors"]}


@pytest.fixture
def mistakes_in(client: TestClient, whole_report: dict[str, object]) -> Callable[..., dict[str, dict[str, str]]]:
    """The mistakes in the report of A with these answers changed."""

    def mistakes_in(**changed: object) -> dict[str, dict[str, str]]:
        found = mistakes_of(client, {"reports": {"a": {**whole_report, **changed}}})
        return {place.removeprefix("#/reports/a"): one for place, one in found.items()}

    return mistakes_in


def the_one(found: dict[str, dict[str, str]]) -> tuple[str, str, str]:
    ((place, one),) = found.items()
    return place, one["code"], one["detail"]


def test_an_unknown_level_is_answered_with_the_nearest_and_all(
    mistakes_in: Callable[..., dict[str, dict[str, str]]],
) -> None:
    assert the_one(mistakes_in(conflict={"level": "chronc"})) == (
        "/conflict/level",
        "unknown_level",
        "There is no such level; did you mean 'chronic'? levels: rare, occasional, frequent, chronic",
    )


@pytest.mark.parametrize("spelled", ["Small-Step", " small step ", "SMALL_STEP", "smal_step"])
def test_the_nearest_is_found_however_it_is_spelled(
    mistakes_in: Callable[..., dict[str, dict[str, str]]], spelled: str
) -> None:
    assert "did you mean 'small_step'?" in the_one(mistakes_in(novelty={"comfort_zone": spelled}))[2]


def test_where_nothing_is_near_nothing_is_guessed(mistakes_in: Callable[..., dict[str, dict[str, str]]]) -> None:
    assert the_one(mistakes_in(goal="xyz"))[2] == "There is no such level; levels: repair, strengthen"


def test_an_unknown_field_is_answered_with_the_nearest_and_all(
    mistakes_in: Callable[..., dict[str, dict[str, str]]],
) -> None:
    place, code, detail = the_one(mistakes_in(conflict={"level": "rare", "patern": "discuss"}))

    assert (place, code) == ("/conflict/patern", "unknown_field")
    assert detail.startswith(
        "There is no such field; did you mean 'pattern'? fields: level, unresolved_issues, pattern"
    )


def test_an_unknown_kind_in_a_map_is_an_unknown_field(mistakes_in: Callable[..., dict[str, dict[str, str]]]) -> None:
    place, code, detail = the_one(mistakes_in(activity_preferences={"likes": {"wlak": "love"}}))

    assert (place, code) == ("/activity_preferences/likes/wlak", "unknown_field")
    assert "did you mean 'walk'?" in detail


def test_a_member_of_a_set_is_pointed_at(mistakes_in: Callable[..., dict[str, dict[str, str]]]) -> None:
    place, _, detail = the_one(mistakes_in(busyness={"level": "full", "sources": ["work", "wrk", "study"]}))

    assert place == "/busyness/sources/1"
    assert "did you mean 'work'?" in detail


HOURS = "/time_together/hours_per_week"
A_NUMBER = "a number from 0 to 168 in steps of 0.25."
SCALE = "There is no such level; levels: 1, 2, 3, 4, 5, 6, 7"


@pytest.mark.parametrize(
    ("changed", "place", "code", "detail"),
    [
        ({"time_together": {}}, HOURS, "required", f"This is needed: {A_NUMBER}"),
        ({"time_together": {"hours_per_week": 169}}, HOURS, "too_large", f"This must be {A_NUMBER}"),
        ({"time_together": {"hours_per_week": -1}}, HOURS, "too_small", f"This must be {A_NUMBER}"),
        ({"time_together": {"hours_per_week": 0.3}}, HOURS, "not_a_step", f"This must be {A_NUMBER}"),
        ({"time_together": {"hours_per_week": 0.4999999999}}, HOURS, "not_a_step", f"This must be {A_NUMBER}"),
        ({"time_together": {"hours_per_week": 1.5e-53}}, HOURS, "not_a_step", f"This must be {A_NUMBER}"),
        ({"time_together": {"hours_per_week": "4"}}, HOURS, "wrong_type", f"This must be {A_NUMBER}"),
        ({"time_together": None}, HOURS, "required", f"This is needed: {A_NUMBER}"),
        ({"conflict": None}, "/conflict/level", "required", "This is needed: one of rare, occasional, frequent, chro"),
        ({"activity_preferences": None}, "/activity_preferences", "required", "an object with fields among likes,"),
        ({"conflict": []}, "/conflict", "wrong_type", "an object with fields among level,"),
        ({"closeness": {"level": 8}}, "/closeness/level", "unknown_level", SCALE),
        ({"novelty": {"shared_purpose": "x"}}, "/novelty/shared_purpose", "wrong_type", "true or false"),
        ({"circumstances": {"season": "x"}}, "/circumstances/season", "wrong_type", "a list, each one of newborn,"),
    ],
)  # fmt: skip
def test_every_mistake_says_what_may_stand_there(
    mistakes_in: Callable[..., dict[str, dict[str, str]]],
    changed: dict[str, object],
    place: str,
    code: str,
    detail: str,
) -> None:
    found = the_one(mistakes_in(**changed))

    assert found[:2] == (place, code)
    assert detail in found[2]


def test_all_mistakes_are_told_at_once(client: TestClient, whole_report: dict[str, object]) -> None:
    found = mistakes_of(
        client,
        {
            "reports": {
                "a": {**whole_report, "goal": "win", "zz": 1},
                "b": {"time_together": {"hours_per_week": 999}, "busyness": {"level": "ful"}},
            },
            "viewer": "c",
            "max_activities": 0,
        },
    )

    assert {place: one["code"] for place, one in found.items()} == {
        "#/reports/a/goal": "unknown_level",
        "#/reports/a/zz": "unknown_field",
        "#/reports/b/time_together/hours_per_week": "too_large",
        "#/reports/b/busyness/level": "unknown_level",
        "#/reports/b/conflict/level": "required",
        "#/reports/b/activity_preferences": "required",
        "#/viewer": "unknown_level",
        "#/max_activities": "too_small",
    }


@pytest.mark.parametrize("body", [[], "text", 1, True, None])
def test_a_body_that_is_no_object_is_pointed_at_as_a_whole(client: TestClient, body: object) -> None:
    answer = client.post("/v1/recommendations", json=body) if body is not None else post_null(client)

    assert answer.json()["errors"][0]["pointer"] == "#"


def post_null(client: TestClient) -> Response:
    return client.post("/v1/recommendations", content="null", headers={"Content-Type": "application/json"})


# Of a value that may have one of several forms


def test_only_what_is_wrong_inside_the_nearest_form_is_told(
    client: TestClient, whole_report: dict[str, object]
) -> None:
    found = mistakes_of(client, {"reports": {"a": whole_report}, "country": {"a": 3, "c": "US"}})

    assert {place: one["code"] for place, one in found.items()} == {
        "#/country/a": "wrong_type",
        "#/country/c": "unknown_field",
    }


def test_a_value_of_no_form_at_all_is_told_once(client: TestClient, whole_report: dict[str, object]) -> None:
    found = mistakes_of(client, {"reports": {"a": whole_report}, "country": 5})

    assert list(found) == ["#/country"]
    assert " or an object" in found["#/country"]["detail"]


# What is private

PRIVATE = {
    "private": {"willingness": "smal_steps"},
    "safety": {"fear": "yess"},
    "conflict": {"level": "rare", "feels_meant_to_hurt": "oftn", "being_together_feels": "avoidd"},
    "keep_private": ["conflict.levl"],
}


def test_about_a_private_answer_nothing_is_guessed(mistakes_in: Callable[..., dict[str, dict[str, str]]]) -> None:
    found = mistakes_in(**PRIVATE)

    assert len(found) == 5
    for one in found.values():
        assert one["detail"].startswith("There is no such level; levels: ")


def test_no_value_is_ever_repeated(client: TestClient, mistakes_in: Callable[..., dict[str, dict[str, str]]]) -> None:
    for answer in (
        {"goal": "secret"},
        {"private": {"willingness": "secret"}},
        {"safety": "secret"},
        {"season": {"secret": "x"}},
    ):
        ((_, one),) = mistakes_in(**answer).items()
        assert "secret" not in one["detail"]


@pytest.mark.parametrize("path", sorted(ANSWERS))
def test_exactly_the_private_answers_are_private(path: str) -> None:
    keys = tuple(path.split("."))

    assert is_private(("reports", "b", *keys), "/v1/recommendations") is not ANSWERS[path].is_pooled
    assert is_private(keys, "/v1/me/reports") is not ANSWERS[path].is_pooled


@pytest.mark.parametrize("route", ["/v1/me/choices/{activity}", "/v1/me/feedback", "/v1/me/unlock"])
def test_whatever_else_a_partner_sends_is_private(route: str) -> None:
    assert is_private(("choice",), route)


def test_the_options_of_a_request_are_not_private() -> None:
    assert not is_private(("viewer",), "/v1/recommendations")


# Pointers


@pytest.mark.parametrize(
    ("keys", "written"),
    [
        ((), "#"),
        (("a", 0, "b"), "#/a/0/b"),
        (("a/b", "c~d", "~1"), "#/a~1b/c~0d/~01"),
        (("",), "#/"),
        (("a b", "é", "%", "#"), "#/a%20b/%C3%A9/%25/%23"),
    ],
)
def test_a_pointer_is_written_as_rfc_6901_has_it(keys: tuple[str | int, ...], written: str) -> None:
    assert pointer(keys) == written


def test_a_strange_field_name_is_pointed_at(client: TestClient, whole_report: dict[str, object]) -> None:
    assert "#/a~1b~0c" in mistakes_of(client, {"reports": {"a": whole_report}, "a/b~c": 1})


def test_a_field_name_of_any_length_is_not_repeated(client: TestClient, whole_report: dict[str, object]) -> None:
    found = mistakes_of(client, {"reports": {"a": {**whole_report, "x" * 5000: 1}}})

    assert the_one(found)[:2] == ("#/reports/a", "unknown_field")


def test_nonsense_without_end_is_counted_but_not_listed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    guess = Mock(return_value=[])
    monkeypatch.setattr(validation, "get_close_matches", guess)
    answer = client.post("/v1/recommendations", json={f"conflict{number}": 1 for number in range(1_200)})

    assert len(answer.json()["errors"]) == MAX_LISTED
    assert answer.json()["detail"] == "1201 parts are not valid. The first 100 are listed."
    assert guess.call_count <= MAX_GUESSED


def test_a_body_of_more_values_than_any_request_needs_is_one_mistake(client: TestClient) -> None:
    answer = client.post("/v1/recommendations", json={f"conflict{number}": 1 for number in range(12_000)})

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("#", "too_long")]


# Elsewhere than in a body, and in words of our own


@pytest.fixture
def trial(connect: Callable[..., TestClient], build_app: Callable[..., FastAPI]) -> TestClient:
    def must_be_even(number: int) -> int:
        if number % 2:
            raise ValueError("Only even numbers go in pairs.")
        return number

    class Pairs(BaseModel):
        model_config = ConfigDict(extra="forbid")

        pairs: Annotated[int, AfterValidator(must_be_even)]

    app = build_app()

    @app.get("/v1/trial/{number}")
    async def look(
        number: int, cost: Annotated[Literal["free", "low"], Query()], most: Annotated[int, Query(le=9)] = 1
    ) -> int:
        return number

    @app.post("/v1/trial")
    async def pair(body: Pairs) -> None: ...

    return connect(app)


def test_parameters_are_told_by_where_they_are(trial: TestClient) -> None:
    errors: list[dict[str, Any]] = trial.get("/v1/trial/x?cost=fre&most=10").json()["errors"]

    assert [(one["in"], one["pointer"], one["code"]) for one in errors] == [
        ("path", "#/number", "wrong_type"),
        ("query", "#/cost", "unknown_level"),
        ("query", "#/most", "too_large"),
    ]
    assert errors[1]["detail"] == "There is no such level; did you mean 'free'? levels: free, low"


def test_a_missing_parameter_is_required(trial: TestClient) -> None:
    (one,) = trial.get("/v1/trial/1").json()["errors"]

    assert (one["in"], one["pointer"], one["code"]) == ("query", "#/cost", "required")


def test_a_rule_of_our_own_speaks_for_itself(trial: TestClient) -> None:
    assert the_one(mistakes_of(trial, {"pairs": 3}, "/v1/trial")) == (
        "#/pairs",
        "not_allowed",
        "Only even numbers go in pairs.",
    )
