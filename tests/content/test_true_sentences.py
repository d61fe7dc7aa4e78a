"""A sentence about somebody's life is said only where it follows from what that person answered."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient

Json = dict[str, Any]

SAID = {
    "bored": "feels rather dull",
    "alike": "One week feels much like the next",
    "too much": "more time together than you'd like",
    "seldom argue": "don't argue often",
    "enough": "enough time",
    "hurts": "still hurts",
    "misheard": "sound like an attack",
    "comes back": "comes back as you get closer",
    "decimals": "6.5",
    "quarter": "6½",
    "loss": "We are very sorry.",
    "unloved": "felt unloved",
    "matters little": "as if you don't matter",
    "hard first": "makes a lot of things harder. You're a good team all the same.",
}


@pytest.fixture(scope="module")
def client(rulesets: ActiveRuleset) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), rulesets, clock=clock.now)) as client:
        yield client


@pytest.mark.parametrize(
    ("answers", "said", "unsaid"),
    [
        ({"novelty": {"boredom": 5, "routine": 1}}, ["bored"], ["alike"]),
        ({"novelty": {"boredom": 1, "routine": 5}}, ["alike"], ["bored"]),
        ({"time_together": {"desired_hours_per_week": 4, "feels": "too_much"}}, ["too much"], []),
        ({"time_together": {"desired_hours_per_week": 4, "feels": "plenty"}}, [], ["too much"]),
        ({"time_together": {"desired_hours_per_week": 6.5}}, ["quarter"], ["decimals"]),
        ({"circumstances": {"season": ["grief"]}}, ["loss"], ["seldom argue"]),
        ({"closeness": {"feelings": ["unloved"]}}, ["unloved"], ["matters little"]),
        ({"closeness": {"feelings": ["unimportant"]}}, ["matters little"], ["unloved"]),
        ({"closeness": {"feelings": ["unloved", "unimportant"]}}, ["matters little", "unloved"], []),
        (
            {
                "time_together": {"desired_hours_per_week": 4, "feels": "far_too_little"},
                "closeness": {"feelings": ["unloved"]},
            },
            [],
            ["enough"],
        ),
        (
            {
                "conflict": {"level": "frequent", "unresolved_issues": "some", "feels_meant_to_hurt": "always"},
                "mutual": {"about": ["drink_or_drugs"]},
            },
            [],
            ["hurts", "misheard", "seldom argue"],
        ),
        ({"private": {"physical_closeness": 1, "feels_rejected": True}}, [], ["comes back"]),
        ({"communication": {"trust": 1}, "closeness": {"going_well": ["teamwork"]}}, ["hard first"], []),
    ],
)
def test_what_does_not_follow_from_the_answers_is_not_said(
    client: TestClient, answers: Json, said: list[str], unsaid: list[str]
) -> None:
    report: Json = {
        "time_together": {"hours_per_week": 5, **answers.pop("time_together", {})},
        "conflict": {"level": "occasional", **answers.pop("conflict", {})},
        "busyness": {"level": "normal"},
        "activity_preferences": {"likes": {}},
        **answers,
    }
    body = {"reports": {"a": report, "b": report}, "seed": "x", "turn": 0, "explain": "full"}
    answer = client.post("/v1/recommendations", json=body)

    assert answer.status_code == 200, answer.text
    assert [name for name in (*said, *unsaid) if SAID[name] in answer.text] == said
