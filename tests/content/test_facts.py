"""Do the facts of an activity say what its steps do? What a machine can hold of that is held here."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from app.engine.ruleset import Activity
from app.rulesets.library import Library, wordings_of

NUMBERS = {"five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40}
NUMBERS |= {"forty-five": 45, "ninety": 90}
_NUMBER = "|".join(sorted(NUMBERS, key=len, reverse=True))

TALKS = re.compile(
    r"(?:^|[.!?] )(?:Tell|Say|Talk(?! later| only)|Discuss)\b|each of you (?:says|tells|names)|[Tt]ell each other"
)
IN_ONE_PLACE = re.compile(r"\b(?:one table|side by side|next to each other|another room|face to face)\b")
FROM_AFAR = re.compile(r"\b(?:calls?|apart|messages?|online|video|photo|two places|two screens|on two|sends?)\b")
FOR_SO_LONG = re.compile(rf"\b(?:timer (?:for|to)|[Aa]fter|[Ff]or|[Tt]ake) ({_NUMBER}) minutes\b")
COSTS = re.compile(r"(?<!not )(?<!n't )\b(?:[Bb]uy|[Pp]ay|tickets?|stamp|hire|book one)\b(?![^.]*or nothing)")
TOUCHES = re.compile(r"\b(?:hugs?|kiss|hold hands|hand in hand|to be held|massage|try it together, slowly)\b")
CHILDREN = re.compile(r"\b(?:kids|baby|[Tt]he child(?:ren)?|[Yy]our child(?:ren)?|A child|a child keeps)\b")

# A pause has to be longer than agreeing on it; a ticket in a pocket was paid for long ago.
LONGER = {"pause-signal", "twenty-apart-then-tea"}
FOUND_AT_HOME = {"three-things-from-the-drawer", "what-the-pockets-say", "a-postcard-to-yourselves"}
# What the children see, hear or may join in, in a family or another.
ABOUT_CHILDREN = {"thanks-at-the-table"}

Texts = Mapping[str, str]
Check = Callable[[Activity, str], bool]


def _is_silent_but_talks(activity: Activity, text: str) -> bool:
    # What is written needs no talk, and one who does a thing alone may say a word about it.
    is_spoken = activity.together and "writing" not in activity.kinds
    return is_spoken and activity.talk == "none" and bool(TALKS.search(text))


def _is_remote_but_in_one_place(activity: Activity, text: str) -> bool:
    return activity.remote and bool(IN_ONE_PLACE.search(text)) and not FROM_AFAR.search(text)


def _takes_longer_than_it_says(activity: Activity, text: str) -> bool:
    longest = max((NUMBERS[number] for number in FOR_SO_LONG.findall(text)), default=0)
    return longest > activity.minutes and activity.id not in LONGER


def _is_free_but_costs(activity: Activity, text: str) -> bool:
    return activity.cost == "free" and bool(COSTS.search(text)) and activity.id not in FOUND_AT_HOME


def _touches_unasked(activity: Activity, text: str) -> bool:
    return "touch" not in activity.asks and bool(TOUCHES.search(text))


def _presumes_children(activity: Activity, text: str) -> bool:
    for_families = {"nobody_to_hand_over", "no_empty_house", "no_baby_on_the_way"}
    has_some = activity.parents_only or not for_families.isdisjoint(activity.not_for)
    return not has_some and bool(CHILDREN.search(text)) and activity.id not in ABOUT_CHILDREN


CHECKS: tuple[Check, ...] = (
    _is_silent_but_talks,
    _is_remote_but_in_one_place,
    _takes_longer_than_it_says,
    _is_free_but_costs,
    _touches_unasked,
    _presumes_children,
)


def contradictions(activities: tuple[Activity, ...], texts: Texts) -> Iterator[str]:
    for activity in activities:
        key = f"activities/{activity.id}"
        text = " ".join([texts[f"{key}/title"] + ".", texts[f"{key}/summary"], *wordings_of(texts, f"{key}/steps")])
        yield from (f"{activity.id}: {check.__name__.strip('_')}" for check in CHECKS if check(activity, text))


def test_the_facts_say_what_the_steps_do(library: Library) -> None:
    assert list(contradictions(library.ruleset.activities, library.texts["en"])) == []


@pytest.mark.parametrize(
    ("id_", "fact", "found"),
    [
        ("lie-in-by-ten-minutes", {"talk": "none"}, "is_silent_but_talks"),
        ("one-round-of-cards", {"remote": True}, "is_remote_but_in_one_place"),
        ("speaker-listener", {"minutes": 15}, "takes_longer_than_it_says"),
        ("a-postcard-to-yourselves", {"cost": "free", "id": "other"}, "is_free_but_costs"),
        ("basic-step-in-the-kitchen", {"asks": ()}, "touches_unasked"),
        ("nap-time-is-ours", {"parents_only": False}, "presumes_children"),
    ],
)
def test_a_fact_that_the_steps_contradict_would_be_named(
    library: Library, id_: str, fact: dict[str, object], found: str
) -> None:
    activity = next(activity for activity in library.ruleset.activities if activity.id == id_)
    planted = replace(activity, **fact)  # type: ignore[arg-type]  # the facts are those of an activity
    texts = {
        key.replace(f"activities/{id_}/", f"activities/{planted.id}/"): text
        for key, text in library.texts["en"].items()
    }

    assert [line.split(": ")[1] for line in contradictions((planted,), texts)] == [found]
