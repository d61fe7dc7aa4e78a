import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.client import TestClient

Json = dict[str, Any]

FOLDER = Path(__file__).parents[3] / "examples"
INDEX: list[Json] = json.loads((FOLDER / "index.json").read_text("utf-8"))
IDS = [about["id"] for about in INDEX]
NOT_ABOUT_AN_ACTIVITY = {"says", "first"}


@pytest.fixture
def examples(client: TestClient) -> dict[str, Json]:
    return {example["id"]: example for example in client.get("/v1/examples").json()["data"]}


def ask(client: TestClient, request: Json) -> Json:
    answer = client.post("/v1/recommendations", json=request)
    assert answer.status_code == 200, answer.text
    said: Json = answer.json()
    return said


def test_every_file_is_listed_as_it_is(examples: dict[str, Json]) -> None:
    assert list(examples) == IDS
    assert {file.stem for file in FOLDER.glob("*.json")} == {"index", *IDS}
    for id_, example in examples.items():
        assert example["request"] == json.loads((FOLDER / f"{id_}.json").read_text("utf-8"))
        assert example["title"]
        assert example["description"].endswith(".")


@pytest.mark.parametrize("id_", IDS)
def test_every_view_is_as_the_example_says(client: TestClient, examples: dict[str, Json], id_: str) -> None:
    example = examples[id_]
    views = ask(client, example["request"])["views"]
    catalogue = {activity["id"]: activity for activity in client.get("/v1/activities").json()["data"]}

    assert views.keys() == example["expected"].keys()
    for partner, expected in example["expected"].items():
        view = views[partner]
        assert view["outcome"] == expected["outcome"]
        leading = [strategy["id"] for strategy in view["strategies"] if strategy["standing"] == "leading"]
        assert leading == ([expected["leading"]] if expected["leading"] else [])
        shown = [catalogue[activity["id"]] for activity in view["activities"]]
        for never in expected["never"]:
            looked_at = shown[:1] if never.get("first") else shown
            assert [activity["id"] for activity in looked_at if is_meant(never, activity)] == [], never["says"]


def is_meant(never: Json, activity: Json) -> bool:
    def has(name: str) -> bool:
        if name.endswith("_over"):
            return bool(activity[name.removesuffix("_over")] > never[name])
        is_ = activity[name]
        return bool(set(is_ if isinstance(is_, list) else [is_]) & set(never[name]))

    return all(has(name) for name in never.keys() - NOT_ABOUT_AN_ACTIVITY)


def test_what_is_never_suggested_could_have_been(client: TestClient) -> None:
    """A misspelt practice would never be suggested either."""
    catalogue = client.get("/v1/activities").json()["data"]

    for never in [never for about in INDEX for view in about["expected"].values() for never in view["never"]]:
        assert never.keys() - NOT_ABOUT_AN_ACTIVITY
        assert any(is_meant(never, activity) for activity in catalogue), never


def test_new_ventures_wait_where_nothing_speaks_for_them(client: TestClient, examples: dict[str, Json]) -> None:
    for id_ in ("first-request", "arguments-most-days"):
        for view in ask(client, examples[id_]["request"])["views"].values():
            standing = {strategy["id"]: strategy["standing"] for strategy in view["strategies"]}
            assert standing == {
                "quality_time": "leading" if id_ == "first-request" else "also",
                "structured_exercises": "also" if id_ == "first-request" else "leading",
                "new_experiences": "not_now",
            }


def test_who_takes_part_alone_gets_something_to_do_alone(client: TestClient, examples: dict[str, Json]) -> None:
    answer = ask(client, examples["only-one-takes-part"]["request"])
    view = answer["views"]["a"]

    assert answer["basis"] == "one_partner"
    assert any(not activity["together"] for activity in view["activities"])
    assert any("is based on your answers alone" in limit for limit in view["limits"])


def test_what_one_rated_is_not_told_to_the_other(client: TestClient, examples: dict[str, Json]) -> None:
    views = ask(client, {**examples["what-counts-differs"]["request"], "explain": "full"})["views"]

    for view in views.values():
        assert "counts_as_quality_time" not in json.dumps([view["strategies"], view["activities"], view["trace"]])


def test_a_safety_answer_changes_its_owners_view_alone(client: TestClient, examples: dict[str, Json]) -> None:
    request = examples["one-partner-needs-support"]["request"]
    without = deepcopy(request)
    del without["reports"]["a"]["safety"]

    answered, unanswered = ask(client, request)["views"], ask(client, without)["views"]

    assert json.dumps(answered["b"]) == json.dumps(unanswered["b"])
    assert unanswered["a"]["outcome"] == "suggestions"
    support = answered["a"]["support"]
    assert support["kind"] == "danger"
    assert support["resources"]
    for what in ("strategies", "activities", "insights", "ask_next"):
        assert answered["a"][what] == []


def test_the_first_request_shows_what_there_is_to_see(examples: dict[str, Json]) -> None:
    request = examples["first-request"]["request"]

    assert request["country"] == "US"
    assert request["reports"].keys() == {"a", "b"}
    assert all(len(report) >= 6 for report in request["reports"].values())
