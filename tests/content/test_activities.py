import re
from collections import Counter

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


def test_every_purpose_belongs_to_one_practice_and_is_served_by_an_activity_of_its_own(library: Library) -> None:
    ruleset = library.ruleset

    assert [purpose.id for purpose in ruleset.purposes] == [
        purpose for practice in ruleset.practices for purpose in practice.purposes
    ]
    assert {activity.purpose for activity in ruleset.activities} == {purpose.id for purpose in ruleset.purposes}
    assert all(ruleset.practice_of(activity.purpose) == activity.practice for activity in ruleset.activities)


def test_a_family_is_of_more_than_one(library: Library) -> None:
    families = Counter(activity.family for activity in library.ruleset.activities if activity.family)

    assert [family for family, count in families.items() if count == 1] == []


def test_touch_is_asked_by_name_of_whatever_is_of_that_kind(library: Library) -> None:
    of_touch = [activity for activity in library.ruleset.activities if "touch" in activity.kinds]

    assert {activity.practice for activity in of_touch} == {"affection"}
    assert all("touch" in activity.asks for activity in of_touch)


def test_whoever_plays_with_a_quarrel_is_in_good_humour(library: Library) -> None:
    """Good humour is asked for by name, so that nobody who was just hurt is handed a game about it."""
    ruleset = library.ruleset
    quarrels = {purpose.id for purpose in ruleset.purposes if purpose.is_on_quarrels}
    games = [each for each in ruleset.activities if each.purpose in quarrels and each.kinds[0] == "game"]

    assert games
    assert [each.id for each in games if not {"warmth", "kind_reading"} & {*each.asks}] == []


def test_every_kind_that_can_be_liked_is_there(library: Library) -> None:
    kinds = {kind for activity in library.ruleset.activities for kind in activity.kinds}

    assert kinds == set(KINDS)


def test_activities_that_one_may_do_alone_serve_more_than_one_practice(library: Library) -> None:
    alone = Counter(activity.practice for activity in library.ruleset.activities if not activity.together)

    assert len(alone) > 1
    assert alone.total() >= 6


A_PART_OF_THE_DAY = re.compile(
    r"\b(morning|breakfast|noon|midday|middle of the day|lunch|afternoon|evening|night|tonight|dark|supper|dinner|bed"
    r"|sunday|friday)\b",
    re.IGNORECASE,
)
AT_ANY_HOUR = {
    "same-supper-call": "it may be breakfast for one of them",
    "sleep-elsewhere": "it takes a whole day",
}


def test_a_title_that_names_a_part_of_the_day_says_when_it_begins(library: Library) -> None:
    titles = {
        activity: library.texts["en"][f"activities/{activity.id}/title"] for activity in library.ruleset.activities
    }
    named = [activity for activity, title in titles.items() if A_PART_OF_THE_DAY.search(title)]

    assert len(named) >= 40
    assert {activity.id for activity in named if activity.when == "any"} == AT_ANY_HOUR.keys()
