"""What stands on the page of one whose own answers show that they may be hurt, and what it says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient

Json = dict[str, Any]

TURNS = range(6)
FOR_TWO = re.compile(
    r"two of you|you two|you both|both of you|each of you|each other|together|your partner", re.IGNORECASE
)
"""Words that are wrong over a list of things for one alone."""
JOINT_COUNSELLING = re.compile(r"both of you|together|you both|in the room|as a couple", re.IGNORECASE)

PARTNER: Json = {
    "time_together": {"hours_per_week": 6},
    "conflict": {"level": "chronic", "unresolved_issues": "many"},
    "busyness": {"level": "full"},
    "activity_preferences": {"likes": {"talk": "love", "outing": "like"}},
    "communication": {"ease": "strained", "trust": 2},
    "mutual": {"about": ["parenting", "money", "past_hurts"]},
}
MOCKED: Json = {
    "time_together": {"hours_per_week": 6, "desired_hours_per_week": 6, "date_nights_per_month": 4, "engagement": 2},
    "conflict": {
        "level": "chronic",
        "unresolved_issues": "many",
        "feels_meant_to_hurt": "often",
        "being_together_feels": "an_effort",
    },
    "busyness": {"level": "full"},
    "activity_preferences": {"likes": {"hobby": "love", "nature": "like", "music": "like"}},
    "communication": {"ease": "strained", "trust": 2, "openness": 1},
    "closeness": {"level": 2, "feelings": ["unloved", "lonely"], "appreciated": "never", "understood": 1},
    "circumstances": {"children_at_home": "from_6_to_12"},
    "mutual": {"about": ["parenting", "money", "past_hurts"]},
    "private": {"mood": "low"},
    "safety": {"humiliated": "sometimes", "fear": "no"},
}
ON_EGGSHELLS: Json = {
    "time_together": {"hours_per_week": 10, "feels": "enough"},
    "conflict": {"level": "occasional", "feels_meant_to_hurt": "often", "being_together_feels": "overwhelming"},
    "busyness": {"level": "normal"},
    "activity_preferences": {"likes": {"walk": "like", "cooking": "like"}},
    "communication": {"ease": "strained", "openness": 1, "trust": 2},
    "closeness": {"level": 2, "feelings": ["lonely", "confused"], "appreciated": "rarely"},
    "safety": {"fear": "skip", "humiliated": "sometimes"},
}

HOLDS_THE_CARD: Json = {
    "time_together": {"hours_per_week": 25, "feels": "about_right"},
    "conflict": {"level": "rare"},
    "busyness": {"level": "normal"},
    "activity_preferences": {"likes": {"meal": "like", "screen": "like"}},
    "closeness": {"level": 6},
    "mutual": {"about": ["money", "relatives", "sex"], "affection": "open"},
}
SAYS_NOTHING: Json = {
    "time_together": {"hours_per_week": 25, "feels": "too_much"},
    "conflict": {"level": "rare", "pattern": "both_avoid", "being_together_feels": "an_effort"},
    "busyness": {"level": "slack"},
    "activity_preferences": {"likes": {"cooking": "like", "nature": "love"}},
    "communication": {"openness": 1, "trust": 3, "ease": "effortful"},
    "closeness": {"level": 3, "feelings": ["lonely", "confused"], "understood": 1, "appreciated": "rarely"},
    "mutual": {"about": ["money", "relatives", "sex"]},
    "safety": {"fear": "skip", "threat": "skip", "control": "skip"},
}
ON_MONEY_RELATIVES_OR_SEX = {"talk_about_money", "speak_as_one_to_family", "talk_about_being_close"}
HARD_TALKS = {*ON_MONEY_RELATIVES_OR_SEX, "take_turns", "work_on_one_issue", "say_what_moves_me", "ask_how_it_is"}


@pytest.fixture(scope="module")
def client(rulesets: ActiveRuleset) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), rulesets, clock=clock.now)) as client:
        yield client


def view_of(client: TestClient, mine: Json, theirs: Json, turn: int = 0, seed: str = "care") -> Json:
    body = {"reports": {"a": mine, "b": theirs}, "country": "GB", "seed": seed, "turn": turn, "viewer": "a"}
    response = client.post("/v1/recommendations", json=body)
    assert response.status_code == 200, response.json()
    view: Json = response.json()["views"]["a"]
    assert view["outcome"] == "suggestions"
    return view


def said_of_strategies(view: Json) -> list[str]:
    suggested = [strategy for strategy in view["strategies"] if strategy["standing"] != "not_now"]
    return [view["reasons"][id_]["text"] for strategy in suggested for id_ in strategy["reasons"]]


@pytest.mark.parametrize("mine", [MOCKED, ON_EGGSHELLS], ids=["mocked", "on eggshells"])
@pytest.mark.parametrize("turn", TURNS)
def test_over_things_for_oneself_nothing_speaks_of_two(client: TestClient, mine: Json, turn: int) -> None:
    view = view_of(client, mine, PARTNER, turn)

    assert not [activity["id"] for activity in view["activities"] if activity["together"]]
    said = said_of_strategies(view) + [activity["why"] for activity in view["activities"]]
    said += [view["reasons"][id_]["text"] for activity in view["activities"] for id_ in activity["reasons"]]
    assert not [text for text in said if re.search(FOR_TWO, re.sub("You two argue most days", "", text))]


@pytest.mark.parametrize("mine", [MOCKED, ON_EGGSHELLS], ids=["mocked", "on eggshells"])
@pytest.mark.parametrize("turn", TURNS)
def test_one_sentence_does_not_stand_under_everything(client: TestClient, mine: Json, turn: int) -> None:
    whys = [activity["why"] for activity in view_of(client, mine, PARTNER, turn)["activities"]]

    assert max(whys.count(why) for why in whys) <= 2


def test_no_rule_that_names_someone_trained_asks_to_go_as_two(client: TestClient) -> None:
    rules = client.get("/v1/rules").json()["data"]
    trained = [
        rule for rule in rules if rule["id"].startswith("someone-trained-") or rule["id"] == "a-sore-topic-with-help"
    ]
    purposes = [
        purpose
        for strategy in client.get("/v1/strategies").json()["data"]
        for practice in strategy["practices"]
        for purpose in practice["purposes"]
        if purpose["id"] == "see_a_counsellor"
    ]

    assert len(trained) == 4
    said = [rule["says"] for rule in trained] + [why for purpose in purposes for why in purpose["why"]]
    assert not [text for text in said if re.search(JOINT_COUNSELLING, text)]


@pytest.mark.parametrize("turn", TURNS)
def test_one_who_hardly_dares_to_say_a_thing_is_not_sent_into_talks(client: TestClient, turn: int) -> None:
    view = view_of(client, SAYS_NOTHING, HOLDS_THE_CARD, turn)

    assert not view["activities"][0]["together"]
    for activity in view["activities"]:
        assert not (activity["together"] and activity["purpose"] in {*HARD_TALKS, "see_a_counsellor"}), activity["id"]
    insights = {insight["id"] for insight in view["insights"]}
    assert "careful_what_you_say" in insights
    assert "hard_to_feel_understood" not in insights


@pytest.mark.parametrize("topic", ["money", "relatives", "sex"])
def test_where_one_pools_that_they_say_very_little_no_sore_subject_comes_first(client: TestClient, topic: str) -> None:
    plain = {group: answers for group, answers in SAYS_NOTHING.items() if group != "safety"}
    plain |= {"conflict": {"level": "rare"}, "mutual": {"about": [topic]}}
    partner = {**HOLDS_THE_CARD, "mutual": {"about": [topic]}}

    for mine, theirs in ((plain, partner), (partner, plain)):
        for seed in ("one", "two", "three"):
            first = view_of(client, mine, theirs, seed=seed)["activities"][0]
            assert first["purpose"] not in ON_MONEY_RELATIVES_OR_SEX

    open_one = {**plain, "communication": {**plain["communication"], "openness": 2}}
    assert view_of(client, open_one, partner)["activities"][0]["purpose"] in ON_MONEY_RELATIVES_OR_SEX


def test_one_made_small_looks_for_help_alone_and_is_not_told_to_stand_together(client: TestClient) -> None:
    calmer = {**MOCKED["conflict"], "level": "frequent", "feels_meant_to_hurt": "sometimes"}
    mine = {**MOCKED, "conflict": calmer, "communication": {"ease": "strained", "openness": 3, "trust": 2}}
    about = {"mutual": {"about": ["parenting"]}}
    for turn in TURNS:
        view = view_of(client, mine | about, PARTNER | about, turn)

        joint = [activity for activity in view["activities"] if activity["together"]]
        assert not {activity["purpose"] for activity in joint} & {*HARD_TALKS, "see_a_counsellor"}
        assert not [text for text in said_of_strategies(view) if "stand together" in text]
