from collections import Counter

import pytest

from app.engine.vocabulary import KINDS, PRACTICES
from app.rulesets.library import Library

# Their names are part of the contract.
KEPT = """
affirmation-trade board-game-coop breakfast-before-phones build-something check-in-card childcare-trade
climb-or-paddle cook-new-cuisine cook-one-dish couples-retreat daily-checkin dance-class dance-kitchen
dinner-no-logistics dishes-and-music evening-walk family-volunteer film-questions garden-or-plants
good-news-reply goodbye-hello gratitude-note guess-my-answer hand-on-shoulder hobby-by-post hopes-map
issue-parking kind-reading language-together learn-from-each-other long-hug micro-adventure micro-dose-time
new-route online-coop-game online-course pause-signal photo-evening picnic-questions puzzle-table
question-cards-light rate-the-week read-aloud-call read-beside remote-cause ride-along same-sky-walk
screens-off-hour shared-hobby-restart show-plus-talk small-surprise speaker-listener sport-for-two stargaze
swap-one-commitment take-a-task tea-in-silence thank-one-thing time-budget turn-taking-choice two-lists
virtual-tour voice-note volunteer-shift weekly-checkin weekly-slot written-turns yes-jar
""".split()  # noqa: SIM905  (sixty-eight lines would hide the tests)


def test_there_is_enough_to_choose_from(library: Library) -> None:
    ruleset = library.ruleset

    assert len(ruleset.activities) >= 150
    assert len(ruleset.rules) >= 35
    assert len(ruleset.insights) >= 13
    assert [practice.id for practice in ruleset.practices] == list(PRACTICES)
    assert sum(practice.strategy is not None for practice in ruleset.practices) == 12


def test_the_activities_that_others_refer_to_are_all_kept(library: Library) -> None:
    assert len(KEPT) == 68
    assert set(KEPT) <= {activity.id for activity in library.ruleset.activities}


def test_every_practice_has_activities(library: Library) -> None:
    assert {activity.practice for activity in library.ruleset.activities} == set(PRACTICES)


def test_every_kind_that_can_be_liked_is_there(library: Library) -> None:
    kinds = {kind for activity in library.ruleset.activities for kind in activity.kinds}

    assert kinds == set(KINDS)


def test_activities_that_one_may_do_alone_serve_more_than_one_practice(library: Library) -> None:
    alone = Counter(activity.practice for activity in library.ruleset.activities if not activity.together)

    assert len(alone) > 1
    assert alone.total() >= 6


def test_what_is_done_alone_asks_for_nobody_to_talk_to(library: Library) -> None:
    alone = [activity for activity in library.ruleset.activities if not activity.together]

    assert [activity.id for activity in alone if activity.talk == "needed"] == []


def test_no_step_sets_a_timer_that_is_longer_than_the_activity(library: Library) -> None:
    texts = library.texts["en"]
    for activity in library.ruleset.activities:
        for key, text in texts.items():
            if key.startswith(f"activities/{activity.id}/steps/") and "timer" in text:
                said = [int(word) for word in text.split() if word.isdigit()]
                assert all(number <= activity.minutes for number in said), (key, text)


@pytest.mark.parametrize("practice", ["learn_together", "serve_together", "explore_together", "retreat"])
def test_nothing_new_and_no_retreat_is_for_chronic_conflict(library: Library, practice: str) -> None:
    ceilings = {a.conflict_ceiling for a in library.ruleset.activities if a.practice == practice}

    assert "chronic" not in ceilings


def test_no_surprise_is_for_more_than_occasional_conflict(library: Library) -> None:
    surprising = {a.id: a.conflict_ceiling for a in library.ruleset.activities if "surprise" in a.tones}

    assert surprising
    assert set(surprising.values()) == {"occasional"}


def test_a_retreat_belongs_to_a_season(library: Library) -> None:
    assert {a.repeat for a in library.ruleset.activities if a.practice == "retreat"} <= {"seasonal", "once"}
