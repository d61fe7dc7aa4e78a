import pytest
from starlette.testclient import TestClient

from tests.people import Integrator

REPORT = (
    '{"time_together": {"hours_per_week": 4}, "conflict": {"level": "rare"}, "busyness": {"level": "full"},'
    ' "activity_preferences": {"likes": {}}%s}'
)
JSON = {"Content-Type": "application/json"}


def body(also: str, after: str = "") -> str:
    return '{"reports": {"a": ' + REPORT % also + "}" + after + "}"


@pytest.mark.parametrize(
    "sent",
    [
        body(', "safety": {"fear": "yes"}, "safety": {"fear": "no"}'),
        body(', "safety": {"fear": "yes", "fear": "no"}'),
        body("", ', "viewer": "a", "viewer": null'),
    ],
)
def test_an_answer_that_stands_twice_is_refused_and_none_of_them_is_lost(client: TestClient, sent: str) -> None:
    refused = client.post("/v1/recommendations", content=sent, headers=JSON)

    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_json")
    assert "twice" in refused.json()["detail"]
    assert "yes" not in refused.text


def test_every_name_that_stands_twice_is_told_with_its_place(client: TestClient) -> None:
    sent = body(', "safety": {"fear": "yes", "fear": "no"}, "conflict": {}')

    detail = client.post("/v1/recommendations", content=sent, headers=JSON).json()["detail"]

    assert (
        '"conflict" stands twice in one object, so one of its two values would be lost (#/reports/a/conflict).'
        in detail
    )
    assert "(#/reports/a/safety/fear)" in detail


def test_half_a_character_is_named_where_it_stands_as_a_name_or_as_a_value(client: TestClient) -> None:
    sent = body(r', "\ud800": 1, "private": {"willingness": "\udfff"}')

    refused = client.post("/v1/recommendations", content=sent, headers=JSON)

    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("#/reports/a/%EF%BF%BD", "wrong_form"),
        ("#/reports/a/private/willingness", "wrong_form"),
    ]


def test_a_number_beyond_all_numbers_is_named_where_it_stands(client: TestClient) -> None:
    refused = client.post("/v1/recommendations", content=body("").replace("4}", "1e400}", 1), headers=JSON)

    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/reports/a/time_together/hours_per_week", "not_finite")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_not_read_as_a_number(client: TestClient, number: str) -> None:
    sent = body("").replace("4}", f"{number}}}", 1)

    assert client.post("/v1/recommendations", content=sent, headers=JSON).status_code == 400


def test_the_same_report_with_each_name_once_is_answered(client: TestClient) -> None:
    answer = client.post("/v1/recommendations", content=body(', "safety": {"fear": "yes"}'), headers=JSON)

    assert answer.json()["views"]["a"]["outcome"] == "support"


def test_where_nothing_is_asked_for_a_body_says_so(integrator: Integrator) -> None:
    person = integrator.add()
    for method, path in (("POST", "/v1/me/calendar"), ("PUT", "/v1/me/paths/turns-to-repair")):
        refused = person.ask(method, path, {"colour": "red"})
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["pointer"], error["code"]) == (422, "#/colour", "unknown_field"), path
        assert error["detail"] == "There is no such field; this takes no body."
        assert person.ask(method, path, ["red"]).status_code == 422
        assert person.ask(method, path, {}).is_success
        # Nobody is told anything before the credentials.
        assert integrator.client.request(method, path, json={"colour": "red"}).status_code == 401
