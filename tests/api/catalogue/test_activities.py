from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from app.engine.vocabulary import PRACTICES
from tests.client import TestClient

Activity = dict[str, Any]
Query = Mapping[str, object]
Holds = Callable[[Activity], bool]

COSTS = ["free", "low", "medium", "high"]


def is_equal(name: str, value: object) -> Holds:
    return lambda activity: activity[name] == value


def takes_at_most(minutes: int) -> Holds:
    return lambda activity: activity["minutes"] <= minutes


def costs_at_most(cost: str) -> Holds:
    return lambda activity: activity["cost"] in COSTS[: COSTS.index(cost) + 1]


def is_of_kind(kind: str) -> Holds:
    return lambda activity: kind in activity["kinds"]


def all_of(*parts: Holds) -> Holds:
    return lambda activity: all(part(activity) for part in parts)


STRATEGIES = ("quality_time", "structured_exercises", "new_experiences")
FILTERS: list[tuple[Query, Holds]] = [
    *[({"strategy": strategy}, is_equal("strategy", strategy)) for strategy in STRATEGIES],
    *[({"practice": practice}, is_equal("practice", practice)) for practice in PRACTICES],
    *[({"max_minutes": most}, takes_at_most(most)) for most in (1, 5, 30, 31, 10_080)],
    *[({"max_cost": cost}, costs_at_most(cost)) for cost in COSTS],
    *[({"talk": talk}, is_equal("talk", talk)) for talk in ("none", "light", "needed")],
    *[({"kind": kind}, is_of_kind(kind)) for kind in ("walk", "screen", "touch", "writing")],
    ({"remote": "true"}, is_equal("remote", True)),
    ({"remote": "false"}, is_equal("remote", False)),
    ({"solo": "true"}, is_equal("together", False)),
    ({"solo": "false"}, is_equal("together", True)),
    (
        {"strategy": "quality_time", "max_minutes": 20, "max_cost": "free", "talk": "none", "solo": "false"},
        all_of(
            is_equal("strategy", "quality_time"),
            takes_at_most(20),
            costs_at_most("free"),
            is_equal("talk", "none"),
            is_equal("together", True),
        ),
    ),
    (
        {"strategy": "new_experiences", "practice": "affection"},
        all_of(is_equal("strategy", "new_experiences"), is_equal("practice", "affection")),
    ),
]


@pytest.fixture
def catalogue(client: TestClient) -> list[Activity]:
    activities: list[Activity] = client.get("/v1/activities").json()["data"]
    return activities


@pytest.mark.parametrize(("query", "holds"), FILTERS, ids=[urlencode(query) for query, _ in FILTERS])
def test_a_filter_leaves_what_meets_it_and_nothing_else(
    client: TestClient, catalogue: list[Activity], query: Query, holds: Holds
) -> None:
    answer = client.get(f"/v1/activities?{urlencode(query)}")

    assert answer.json()["data"] == [activity for activity in catalogue if holds(activity)]
    assert (answer.json()["next_cursor"], answer.json()["has_more"]) == (None, False)
    held = client.get(f"/v1/activities?{urlencode(query)}", headers={"If-None-Match": answer.headers["etag"]})
    assert held.status_code == 304


def test_filters_that_are_given_together_must_all_be_met(client: TestClient, catalogue: list[Activity]) -> None:
    pairs = [(a, b) for i, a in enumerate(FILTERS) for b in FILTERS[i + 1 :] if not a[0].keys() & b[0].keys()]
    for (first, holds_first), (second, holds_second) in pairs[::9]:
        answer = client.get(f"/v1/activities?{urlencode({**first, **second})}")
        assert answer.json()["data"] == [a for a in catalogue if holds_first(a) and holds_second(a)]


def test_filters_of_something_leave_something(client: TestClient) -> None:
    for query, _ in FILTERS[:-1]:
        answer = client.get(f"/v1/activities?{urlencode(query)}")
        assert answer.json()["data"] or query in ({"max_minutes": 1}, {"kind": "touch"}), query


@pytest.mark.parametrize(
    ("query", "pointer", "code", "detail"),
    [
        ("strategy=quality_tim", "#/strategy", "unknown_level", "did you mean 'quality_time'?"),
        ("practice=retreats", "#/practice", "unknown_level", "did you mean 'retreat'?"),
        ("max_cost=cheap", "#/max_cost", "unknown_level", "levels: free, low, medium, high"),
        ("talk=needd", "#/talk", "unknown_level", "did you mean 'needed'?"),
        ("kind=wlk", "#/kind", "unknown_level", "did you mean 'walk'?"),
        ("kind=", "#/kind", "unknown_level", "levels: screen"),
        ("remote=perhaps", "#/remote", "wrong_type", "true or false"),
        ("solo=2", "#/solo", "wrong_type", "true or false"),
        ("max_minutes=0", "#/max_minutes", "too_small", "from 1 to"),
        ("max_minutes=ten", "#/max_minutes", "wrong_type", "a whole number"),
        ("max_minute=10", "#/max_minute", "unknown_field", "did you mean 'max_minutes'?"),
        ("limit=10", "#/limit", "unknown_field", "fields: strategy, practice"),
        ("kind=walk&kind=meal", "#/kind", "repeated", "give it once"),
    ],
)
def test_a_filter_that_is_not_understood_is_refused_with_the_right_name(
    client: TestClient, query: str, pointer: str, code: str, detail: str
) -> None:
    answer = client.get(f"/v1/activities?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (mistake,) = answer.json()["errors"]
    assert (mistake["in"], mistake["pointer"], mistake["code"]) == ("query", pointer, code)
    assert detail in mistake["detail"]


def test_all_mistakes_are_named_at_once(client: TestClient) -> None:
    answer = client.get("/v1/activities?strategy=time&max_minutes=0&colour=red")

    assert {mistake["pointer"] for mistake in answer.json()["errors"]} == {"#/strategy", "#/max_minutes", "#/colour"}


def test_an_activity_is_the_same_here_and_in_a_view(client: TestClient, whole_report: dict[str, object]) -> None:
    view = client.post("/v1/recommendations", json={"reports": {"a": whole_report}}).json()["views"]["a"]

    assert view["activities"]
    for shown in view["activities"]:
        here = client.get(f"/v1/activities/{shown['id']}").json()
        of_the_view = {"why", "reasons", "place", "path"}
        assert {*shown} - {*here} == of_the_view
        assert shown["evidence"] == here["evidence"]["grade"]
        facts = {*shown} - of_the_view - {"evidence"}
        assert {name: here[name] for name in facts} == {name: shown[name] for name in facts}


def test_those_of_one_practice_stand_together(catalogue: list[Activity]) -> None:
    practices = [activity["practice"] for activity in catalogue]

    assert list(dict.fromkeys(practices)) == list(PRACTICES)
    assert practices == sorted(practices, key=PRACTICES.index)


def test_the_ids_of_the_research_catalogue_are_kept(catalogue: list[Activity]) -> None:
    kept = {"evening-walk", "tea-in-silence", "cook-one-dish", "dance-class", "couples-retreat"}

    assert kept <= {activity["id"] for activity in catalogue}
    assert all("unsafe" in activity["decline_reasons"] for activity in catalogue)
