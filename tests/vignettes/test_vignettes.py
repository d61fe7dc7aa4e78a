"""Couples retold from questions that people ask in public: what must come of their answers, and what not."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from app.engine.ruleset import Cost
from app.engine.vocabulary import ANSWERS
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient

Json = dict[str, Any]
Asks = Mapping[str, Collection[str]]
"""What each activity asks of the two."""

VIGNETTES: tuple[Json, ...] = tuple(
    vignette for file in sorted(Path(__file__).parent.glob("*.yaml")) for vignette in yaml.safe_load(file.read_text())
)
WEEKS = 8
EARLY_WEEKS = range(1, 4)
_COSTS = get_args(Cost)


@pytest.fixture(scope="module")
def client(rulesets: ActiveRuleset) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), rulesets, clock=clock.now)) as client:
        yield client


@pytest.fixture(scope="module")
def asks(rulesets: ActiveRuleset) -> Asks:
    return {activity.id: activity.asks for activity in rulesets.current.ruleset.activities}


@pytest.fixture(params=VIGNETTES, ids=lambda vignette: vignette["id"])
def vignette(request: pytest.FixtureRequest) -> Json:
    chosen: Json = request.param
    return chosen


def test_each_has_an_id_of_its_own() -> None:
    ids = [vignette["id"] for vignette in VIGNETTES]

    assert len(ids) == len(set(ids)) >= 89


def test_nothing_stands_there_that_must_not(client: TestClient, asks: Asks, vignette: Json) -> None:
    views, expected = views_of(client, vignette), vignette["expect"]

    wrong = [f"{viewer}: {fault}" for viewer in views for fault in faults(views[viewer], expected[viewer], asks)]

    assert not wrong


@pytest.mark.parametrize(
    ("vignette", "viewer"),
    [(each, viewer) for each in VIGNETTES for viewer in each["expect"] if "weeks" in each["expect"][viewer]],
    ids=lambda value: value if isinstance(value, str) else value["id"],
)
def test_nothing_stands_there_in_any_week_that_must_not(
    client: TestClient, asks: Asks, vignette: Json, viewer: str
) -> None:
    seen: list[str] = []
    wrong = []
    for turn in range(WEEKS):
        view = views_of(client, vignette, seed=vignette["id"], turn=turn, seen=seen)[viewer]
        seen += [activity["id"] for activity in view["activities"]]
        wrong += [f"{turn}: {fault}" for fault in faults(view, expected_in(vignette["expect"][viewer], turn), asks)]

    assert not wrong


def test_what_must_not_stand_there_would_be_found(client: TestClient, asks: Asks) -> None:
    vignette = next(each for each in VIGNETTES if each["id"] == "both-love-dancing")
    view = views_of(client, vignette)["a"]
    first, leading = view["activities"][0], view["strategies"][0]
    never = {
        "kinds": first["kinds"],
        "practices": [first["practice"]],
        "purposes": [first["purpose"]],
        "activities": [first["id"]],
        "warmth": True,
        "strategies": [leading["id"]],
        "over_minutes": first["minutes"] - 1,
        "novelty_over": -1,
        "words": [first["title"]],
    }

    expected = {"outcome": "support", "kind": "danger", "begins_with": ["tea-in-silence"], "opens": "…", "never": never}
    found = faults(view, expected, {**asks, first["id"]: ("warmth",)})

    assert {fault.split(":")[0] for fault in found} == {"outcome", "begins_with", "opens", *never}


def expected_in(expected: Json, turn: int) -> Json:
    """Return what a view of that turn is held to."""
    weeks = expected["weeks"]
    begins = {"begins_with": weeks["begins_with"]} if turn in EARLY_WEEKS and "begins_with" in weeks else {}
    return {"outcome": expected["outcome"], "never": weeks.get("never", {}), **begins}


def views_of(client: TestClient, vignette: Json, **moment: Any) -> dict[str, Json]:
    reports = {partner: answers_of(vignette[partner]) for partner in ("a", "b") if vignette.get(partner)}
    response = client.post("/v1/recommendations", json={"reports": reports, "country": "US", **moment})
    assert response.status_code == 200, response.json()
    views: dict[str, Json] = response.json()["views"]
    return views


def answers_of(report: Mapping[str, Any]) -> Json:
    """Return the report without what the questions do not ask."""
    answers: Json = {"activity_preferences": {"likes": {}}}
    for group, values in report.items():
        if group == "goal":
            answers[group] = values
        elif group == "keep_private":
            answers[group] = [path for path in values if path in ANSWERS]
        elif group == "safety":
            answers[group] = values
        else:
            asked = {name: _asked(f"{group}.{name}", value) for name, value in values.items()}
            kept = {name: value for name, value in asked.items() if f"{group}.{name}" in ANSWERS}
            answers[group] = {**answers.get(group, {}), **kept}
    return {group: values for group, values in answers.items() if values != {}}


def _asked(path: str, value: Any) -> Any:
    if isinstance(value, list) and path in ANSWERS:
        return [member for member in value if member in ANSWERS[path].levels]
    return value


def faults(view: Json, expected: Json, asks: Asks) -> Iterator[str]:
    """Yield what the view shows against the expectation, each named by what forbids it."""
    never = expected.get("never", {})
    if view["outcome"] != expected["outcome"]:
        yield f"outcome: {view['outcome']}"
    elif expected["outcome"] == "support" and view["support"]["kind"] != expected["kind"]:
        yield f"kind: {view['support']['kind']}"
    begun = [activity["id"] for activity in view["activities"][:1]]
    if not {*begun} <= {*expected.get("begins_with", begun)}:
        yield f"begins_with: {begun[0]}"
    if expected.get("opens", "") not in (view["opening"] or ""):
        yield f"opens: {view['opening']}"
    for strategy in view["strategies"]:
        if strategy["standing"] != "not_now" and strategy["id"] in never.get("strategies", ()):
            yield f"strategies: {strategy['id']}"
    for activity in view["activities"]:
        for rule, breaks in _limits(activity, never, asks[activity["id"]]).items():
            if rule in never and breaks:
                yield f"{rule}: {activity['id']}"


def _limits(activity: Json, never: Json, asks: Collection[str]) -> dict[str, bool]:
    return {
        # What belongs to a season is held to the longest free stretch alone.
        "over_minutes": activity["repeat"] != "seasonal" and activity["minutes"] > never.get("over_minutes", 0),
        "cost_over": _COSTS.index(activity["cost"]) > _COSTS.index(never.get("cost_over", "high")),
        "novelty_over": activity["novelty"] > never.get("novelty_over", 0),
        "kinds": bool(set(activity["kinds"]) & set(never.get("kinds", ()))),
        "practices": activity["practice"] in never.get("practices", ()),
        "purposes": activity["purpose"] in never.get("purposes", ()),
        "activities": activity["id"] in never.get("activities", ()),
        "words": any(word in str(activity) for word in never.get("words", ())),
        "touch": "touch" in activity["kinds"],
        **{ask: ask in asks for ask in ("access", "openness", "closeness", "surprise", "kind_reading", "warmth")},
    }
