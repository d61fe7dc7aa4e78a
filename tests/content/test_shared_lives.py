"""What is said and offered fits the lives that people told of, and is drawn from no answer about something else."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient

Json = dict[str, Any]

WORN_OUT: Json = {
    "time_together": {"hours_per_week": 6, "feels": "too_little"},
    "conflict": {"level": "frequent", "pattern": "i_push_partner_withdraws"},
    "busyness": {"level": "overloaded", "sources": ["work", "household"], "energy": "drained", "stress": "high"},
    "activity_preferences": {"likes": {"music": "love", "household": "avoid"}},
    "communication": {"ease": "strained", "trust": 3},
    "closeness": {"level": 3, "appreciated": "never", "fair_share": "i_do_more"},
    "mutual": {"about": ["housework", "screens"]},
}
WANTS_TO_SHARE: Json = {
    "time_together": {"hours_per_week": 8},
    "conflict": {"level": "frequent", "pattern": "partner_pushes_i_withdraw"},
    "busyness": {"level": "full"},
    "activity_preferences": {"likes": {"game": "love", "music": "love"}},
    "closeness": {"level": 4, "fair_share": "partner_does_more"},
    "mutual": {"about": ["housework", "money"]},
}
GRANDPARENT: Json = {
    "time_together": {"hours_per_week": 6},
    "conflict": {"level": "rare"},
    "busyness": {"level": "overloaded", "sources": ["childcare"]},
    "activity_preferences": {"likes": {}},
    "closeness": {"fair_share": "partner_does_more"},
    "circumstances": {"season": ["retirement"], "children_at_home": "under_6", "health_limits": ["pain"]},
}
NEW_MOTHER: Json = {
    "time_together": {"hours_per_week": 3},
    "conflict": {"level": "rare"},
    "busyness": {"level": "overloaded"},
    "activity_preferences": {"likes": {}},
    "communication": {"trust": 5},
    "circumstances": {"season": ["newborn"], "children_at_home": "under_6", "living": "same_home"},
}

LIKES_TO_LEARN: Json = {
    "time_together": {"hours_per_week": 10, "feels": "about_right", "mostly": "mixed"},
    "conflict": {"level": "occasional", "pattern": "partner_pushes_i_withdraw"},
    "busyness": {"level": "normal", "energy": "ok", "minutes_per_week": 200, "longest_slot_minutes": 120},
    "activity_preferences": {"likes": {"learning": "love", "dance": "avoid", "music": "avoid"}},
    "communication": {"ease": "effortful", "openness": 2, "trust": 5},
    "closeness": {"level": 3, "feelings": ["confused"], "understood": 2},
    "circumstances": {"children_at_home": "none", "living": "same_home"},
}
WANTS_TO_BE_ASKED: Json = {
    "time_together": {"hours_per_week": 8, "desired_hours_per_week": 12, "feels": "too_little"},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "normal", "energy": "ok", "longest_slot_minutes": 120},
    "activity_preferences": {"likes": {"outing": "love", "learning": "like"}},
    "communication": {"ease": "effortful", "openness": 4, "trust": 4},
    "closeness": {"level": 3, "feelings": ["lonely"], "understood": 1},
    "circumstances": {"living": "same_home", "children_at_home": "none", "budget": "medium"},
    "goal": "repair",
}

TOGETHER_ALL_DAY: Json = {
    "time_together": {"hours_per_week": 50, "desired_hours_per_week": 6, "feels": "too_much"},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "overloaded", "sources": ["work"], "energy": "drained", "longest_slot_minutes": 60},
    "activity_preferences": {"likes": {"quiet": "love", "meal": "like"}},
    "circumstances": {"living": "same_home"},
}
LOVES_TO_GO_OUT_TOGETHER: Json = {
    "time_together": {"hours_per_week": 3, "desired_hours_per_week": 8, "feels": "too_little"},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "overloaded", "energy": "ok", "longest_slot_minutes": 180},
    "activity_preferences": {"likes": {"outing": "love", "meal": "love"}},
    "closeness": {"level": 4, "feelings": ["unimportant"]},
}


@pytest.fixture(scope="module")
def client(rulesets: ActiveRuleset) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), rulesets, clock=clock.now)) as client:
        yield client


def views_over(client: TestClient, weeks: int, mine: Json, theirs: Json, seed: str = "lives") -> Iterator[Json]:
    """Yield the views of the first, week by week, where each list knows those before."""
    seen: list[str] = []
    for turn in range(weeks):
        body = {"reports": {"a": mine, "b": theirs}, "viewer": "a", "seed": seed, "turn": turn, "seen": seen}
        response = client.post("/v1/recommendations", json=body)
        assert response.status_code == 200, response.json()
        view: Json = response.json()["views"]["a"]
        seen += [activity["id"] for activity in view["activities"]]
        yield view


def insights_of(view: Json) -> str:
    return " ".join(insight["text"] for insight in view["insights"])


def test_whoever_wants_no_chores_for_two_is_offered_a_fair_share_of_them_all_the_same(client: TestClient) -> None:
    views = views_over(client, 4, WORN_OUT, WANTS_TO_SHARE)

    shown = [activity for view in views for activity in view["activities"]]

    assert "fair_shares" in {activity["purpose"] for activity in shown}
    assert not [activity["id"] for activity in shown if "household" in activity["kinds"]]


def test_no_house_is_called_quiet_that_may_be_full_of_children(client: TestClient) -> None:
    (view,) = views_over(client, 1, GRANDPARENT, GRANDPARENT)

    assert "Your days have changed" in insights_of(view)
    assert "quiet" not in insights_of(view)


def test_whoever_does_less_is_asked_for_no_more_than_their_strength_allows(client: TestClient) -> None:
    (view,) = views_over(client, 1, GRANDPARENT, GRANDPARENT)

    assert "that suits your strength" in insights_of(view)


@pytest.mark.parametrize(("topic", "doctors"), [("faith", 0), ("sex", 1), ("health", 1)])
def test_a_doctor_is_named_for_what_a_doctor_can_help_with(client: TestClient, topic: str, doctors: int) -> None:
    about = {**WORN_OUT, "mutual": {"about": [topic]}}
    (view,) = views_over(client, 1, about, WANTS_TO_SHARE)

    assert "nobody has to win" in insights_of(view)
    assert insights_of(view).count("doctor") == doctors


def test_a_night_taken_over_is_given_as_kindness_with_a_new_baby(client: TestClient) -> None:
    (view,) = views_over(client, 1, NEW_MOTHER, NEW_MOTHER)
    first = view["activities"][0]

    assert first["id"] == "one-sleeps-one-is-on"
    assert "small kindness" in view["reasons"][first["reasons"][0]]["text"]


def test_a_morning_apart_is_not_named_as_what_one_loves_who_would_go_out_together(client: TestClient) -> None:
    views = [
        view for seed in "abcd" for view in views_over(client, 3, LOVES_TO_GO_OUT_TOGETHER, TOGETHER_ALL_DAY, seed)
    ]

    apart = [a for view in views for a in view["activities"] if a["purpose"] == "share_out_the_days"]

    assert apart
    assert "to_enjoy" not in {activity["place"] for activity in apart}
    assert "taste_love" not in {reason for activity in apart for reason in activity["reasons"]}


def test_a_class_in_being_a_couple_is_nothing_to_enjoy_for_one_who_loves_learning(client: TestClient) -> None:
    views = [view for seed in "abcdefgh" for view in views_over(client, 2, LIKES_TO_LEARN, WANTS_TO_BE_ASKED, seed)]

    places = [(activity["purpose"], activity["place"]) for view in views for activity in view["activities"]]

    assert ("a_guided_weekend", "to_enjoy") not in places
    assert "to_enjoy" in {place for _, place in places}
