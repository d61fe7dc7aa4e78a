"""Is something of every size there for everything that two people may need? What is missing is listed by name."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from app.engine.ruleset import Activity, Purpose
from app.engine.vocabulary import KINDS
from app.rulesets.library import Library

FEWEST, FEWEST_FAMILIES, FEWEST_OF_A_KIND = 4, 3, 6
SMALL_MINUTES, LONG_MINUTES = 15, 30

# A property bounds these. Touch takes a quarter of an hour at most, and a retreat takes an hour at least: what is
# shorter than that is an hour or a pause, and goes by these names.
NEVER_LONG = {"everyday_touch"}
NEVER_SMALL = {"a_day_away", "a_guided_weekend"}


def is_small(activity: Activity) -> bool:
    """Tell whether the activity fits tonight for two who are worn out and have no money."""
    return activity.cost == "free" and activity.energy == "drained" and activity.minutes <= SMALL_MINUTES


def missing(purposes: tuple[Purpose, ...], activities: tuple[Activity, ...]) -> Iterator[str]:
    for purpose in purposes:
        own = [activity for activity in activities if activity.purpose == purpose.id]
        families = {activity.family or activity.id for activity in own}
        if len(own) < FEWEST or len(families) < FEWEST_FAMILIES:
            yield f"{purpose.id}: {len(own)} activities in {len(families)} families"
        if purpose.id not in NEVER_SMALL and not any(map(is_small, own)):
            yield f"{purpose.id}: none that is free, restful and short"
        if purpose.id not in NEVER_LONG and not any(activity.minutes >= LONG_MINUTES for activity in own):
            yield f"{purpose.id}: none of half an hour or more"
    main = Counter(activity.kinds[0] for activity in activities)
    yield from (
        f"{kind}: the main kind of {main[kind]}" for kind in KINDS if kind != "touch" and main[kind] < FEWEST_OF_A_KIND
    )


def test_every_purpose_has_a_choice_of_sizes_and_every_kind_has_enough(library: Library) -> None:
    ruleset = library.ruleset

    assert list(missing(ruleset.purposes, ruleset.activities)) == []


def test_a_gap_would_be_named(library: Library) -> None:
    ruleset = library.ruleset
    purpose = next(purpose for purpose in ruleset.purposes if purpose.id == "surprise")
    three = [activity for activity in ruleset.activities if activity.purpose == "surprise"][:3]
    dear = tuple(replace(activity, cost="low", minutes=20, family="one", kinds=("dance",)) for activity in three)

    named = list(missing((purpose,), dear))

    assert named[:3] == [
        "surprise: 3 activities in 1 families",
        "surprise: none that is free, restful and short",
        "surprise: none of half an hour or more",
    ]
    assert "dance: the main kind of 3" in named
    assert "walk: the main kind of 0" in named
    assert not any(line.startswith("touch") for line in named)
