from typing import Any

import pytest

from app.engine.plain_values import to_plain, without_none
from app.engine.vocabulary import POOLED_PATHS
from tests.client import TestClient
from verification.question_shares import sample_reports

Json = dict[str, Any]
ALONE_PAGE = ["safety", "private", "mutual"]
REQUIRED = {"time_together": {"hours_per_week": 4}, "conflict": {"level": "occasional"}, "busyness": {"level": "full"}}


def ask(client: TestClient, answers: Json, **more: Any) -> Json:
    response = client.post("/v1/questions/next", json={"answers": answers, **more})
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


def test_what_a_report_needs_is_asked_before_anything_else(client: TestClient) -> None:
    found = ask(client, {}, max=12)

    assert {entry["question"] for entry in found["next"]} == {
        "time_together.hours_per_week", "conflict.level", "busyness.level",
    }  # fmt: skip
    assert not found["enough"]


def test_the_most_telling_question_comes_first(client: TestClient) -> None:
    found = ask(client, REQUIRED, max=12)

    shares = [entry["share"] for entry in found["next"]]
    assert len(shares) > 3
    assert shares == sorted(shares, reverse=True)
    assert all(0 < entry["share"] <= 1 and entry["why"] for entry in found["next"])
    assert found["enough"] is (shares[0] < 0.15)


def test_three_are_named_unless_more_or_fewer_are_wanted(client: TestClient) -> None:
    twelve = ask(client, REQUIRED, max=12)["next"]

    assert ask(client, REQUIRED)["next"] == twelve[:3]
    assert ask(client, REQUIRED, max=1)["next"] == twelve[:1]


def test_an_answered_question_is_not_asked_again(client: TestClient) -> None:
    twelve = {entry["question"] for entry in ask(client, REQUIRED, max=12)["next"]}
    assert "communication.ease" in twelve <= POOLED_PATHS

    left = ask(client, {**REQUIRED, "communication": {"ease": "easy"}}, max=12)["next"]

    assert "communication.ease" not in {entry["question"] for entry in left}


def test_who_has_answered_everything_pooled_has_answered_enough(client: TestClient) -> None:
    whole = without_none(to_plain(next(sample_reports(range(7, 8), 0)).whole))

    assert ask(client, whole) == {"next": [], "enough": True, "alone_page": ALONE_PAGE}


def test_what_was_skipped_is_not_asked_again(client: TestClient) -> None:
    """With one at a time an app comes to an end, though its user answers nothing more."""
    skipped: list[str] = []
    while not (found := ask(client, REQUIRED, max=1, skipped=skipped))["enough"]:
        (entry,) = found["next"]
        assert entry["question"] not in skipped
        skipped.append(entry["question"])

    assert len(skipped) > 3
    assert ask(client, REQUIRED, max=12)["next"][: len(skipped)] == [
        each for each in ask(client, REQUIRED, max=12)["next"] if each["question"] in skipped
    ]


def test_a_skipped_question_that_a_report_needs_leaves_the_next_and_it_is_not_enough(client: TestClient) -> None:
    needed = ["time_together.hours_per_week", "conflict.level", "busyness.level"]

    one_left = ask(client, {}, max=12, skipped=needed[:2])
    none_left = ask(client, {}, max=1, skipped=needed)

    assert [entry["question"] for entry in one_left["next"]] == needed[2:]
    assert none_left["next"][0]["question"] not in needed
    assert not one_left["enough"]
    assert not none_left["enough"]


def test_private_and_safety_answers_are_taken_and_change_nothing(client: TestClient) -> None:
    private = {"private": {"willingness": "no"}, "safety": {"fear": "yes"}, "mutual": {"affection": "open"}}

    assert ask(client, {**REQUIRED, **private}) == ask(client, REQUIRED)
    assert ask(client, REQUIRED)["alone_page"] == ask(client, {})["alone_page"] == ALONE_PAGE


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"answers": {"conflict": {"level": "chronik"}}}, "#/answers/conflict/level"),
        ({"answers": {"conflicts": {}}}, "#/answers/conflicts"),
        ({"answers": {}, "max": 13}, "#/max"),
        ({"answers": {}, "max": 0}, "#/max"),
        ({"max": 3}, "#/answers"),
        ({"answers": {}, "skipped": ["conflict.levle"]}, "#/skipped/0"),
        ({"answers": {}, "skipped": ["safety.fear"]}, "#/skipped/0"),
        ({"answers": {}, "locale": "en"}, "#/locale"),
    ],
)
def test_mistakes_are_named(client: TestClient, body: Json, pointer: str) -> None:
    response = client.post("/v1/questions/next", json=body)

    assert response.status_code == 422
    assert [mistake["pointer"] for mistake in response.json()["errors"]] == [pointer]


def test_no_query_is_taken(client: TestClient) -> None:
    assert client.post("/v1/questions/next?max=3", json={"answers": {}}).status_code == 422


def test_the_language_of_the_answer_is_named(client: TestClient) -> None:
    response = client.post("/v1/questions/next", json={"answers": {}}, headers={"Accept-Language": "xx, en;q=0.5"})

    assert response.headers["Content-Language"] == "en"
