"""The hard limits as one table: which answers keep which activities out, and whose answers count.

Everything else about limits is read off it: the masks that decide (`activity_index`), what an explanation says of them
(`unmet_constraints`) and the terms of the proof. Where two limits differ the stricter holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from app.engine.answer_types import Budget, ComfortZone, ConflictLevel
from app.engine.conditions import Algebra, All, AnyOf, Chosen, Clause, Condition, Linear, Not, Rated
from app.engine.ruleset import Activity, Cost, Life

AnswerValue = str | bool | int | float | tuple[str, ...] | None

CHRONIC_MINUTES = 45
CHRONIC_QUALITY_TIME_MINUTES = 30
UNKNOWN_MINUTES = 60
UNKNOWN_BUDGET: Budget = "low"
"""What an activity may cost, and how long it may take in minutes, where the answer is missing."""
CONFLICTS: tuple[str, ...] = get_args(ConflictLevel)
_CHRONIC = len(CONFLICTS) - 1
_BUDGETS: tuple[str, ...] = get_args(Budget)
_COSTS: tuple[str, ...] = get_args(Cost)
NOVELTY_LIMITS: Mapping[ComfortZone, int] = {"not_now": 1, "small_step": 2, "ready": 3}
TENDER_SEASONS = ("newborn", "grief", "pregnancy_loss", "illness")
FREE_DAY_MINUTES = 240
"""What takes so long does not fit beside a working day."""
BESIDE_WORK = ("mornings", "evenings", "nights")
FREE_HOURS = ("daytime", "days_off")
WITH_CHILDREN = ("under_6", "from_6_to_12", "teens", "mixed")
APART = ("same_city", "long_distance")
SMALL_CHILDREN = ("under_6", "mixed")
LATE_HOURS = ("evenings", "nights")
AWAITING = ("illness", "pregnancy", "recovery", "trying_for_a_baby")
"""The seasons in which people wait for a result."""
CARE_MINUTES = 20
"""How long both may be away from somebody at home who needs care."""
OUT_OF_THE_HOUSE = ("outing", "walk")
SEASONS_THAT_MATTER: tuple[Life, ...] = (
    "newborn",
    "mourning",
    "nothing_awaited",
    "no_baby_on_the_way",
    "no_empty_house",
)

ConstraintScope = Literal["participants", "either", "couple"]
"""Whose answers count: of each one who takes part; of either, what is done alone included; facts of the two.

A fact of the two is so when one of them says so.
"""

NEVER: Condition = AnyOf(())
YES_OR_NO: Algebra[bool] = Algebra(all, any, lambda part: not part)
"""What is not answered is not so: no answer of anybody makes a leaf true."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A hard limit.

    `keeps_out` gives the condition on answers under which an activity is kept out, `needs` what the activity asks of
    the answer at the path `answer`; of a set it asks for none of some members, and `needs` is empty.
    """

    id: str
    answer: str
    scope: ConstraintScope
    keeps_out: Callable[[Activity], Condition]
    needs: Callable[[Activity], AnswerValue]


def constraints_of(quality_time: frozenset[str]) -> tuple[Constraint, ...]:
    """Return every hard limit, in the order in which they are explained.

    `quality_time` names the practices that chronic conflict bounds more tightly.
    """
    return (
        *_OF_ONE_PARTNER,
        Constraint(
            "conflict",
            "conflict.level",
            "couple",
            lambda activity: _more_conflict_than(highest_conflict(activity, quality_time)),
            lambda activity: CONFLICTS[highest_conflict(activity, quality_time)],
        ),
        *_OF_THE_COUPLE,
    )


def highest_conflict(activity: Activity, quality_time: frozenset[str]) -> int:
    """Return the code of the highest level of conflict in which an activity may be offered."""
    ceiling = CONFLICTS.index(activity.conflict_ceiling)
    if activity.practice in quality_time:
        suits_chronic = activity.fixed_end and activity.minutes <= CHRONIC_QUALITY_TIME_MINUTES
    else:
        suits_chronic = activity.minutes <= CHRONIC_MINUTES
    return ceiling if suits_chronic else min(ceiling, _CHRONIC - 1)


_AT_HOME = Chosen("circumstances.children_at_home", WITH_CHILDREN)


def _less_than(path: str, amount: int, unknown: int | None = None) -> Condition:
    """An answer that is less than an amount; one that is missing counts as `unknown`, or as enough."""
    if amount <= 0:
        return NEVER
    if unknown is not None and amount > unknown:
        return Not(Linear(((1, path),), ">=", amount))
    return Linear(((1, path),), "<", amount)


def _too_dear(activity: Activity) -> Condition:
    cost = _COSTS.index(activity.cost)
    if cost > _BUDGETS.index(UNKNOWN_BUDGET):
        return Not(Chosen("circumstances.budget", _BUDGETS[cost:]))
    return _chosen("circumstances.budget", *_BUDGETS[:cost])


def _too_new(activity: Activity) -> Condition:
    return _chosen(
        "novelty.comfort_zone", *(zone for zone, highest in NOVELTY_LIMITS.items() if activity.novelty > highest)
    )


def _too_tiring(activity: Activity) -> Condition:
    """Keep whatever is not restful from a partner who is drained and does not love it."""
    if activity.energy == "drained":
        return NEVER
    loves = Rated("activity_preferences.likes", activity.kinds[0], "love")
    return All((Chosen("busyness.energy", ("drained",)), Not(loves)))


def _chosen(path: str, *levels: str) -> Condition:
    return Chosen(path, levels) if levels else NEVER


def _more_conflict_than(level: int) -> Condition:
    higher = CONFLICTS[level + 1 :]
    return Clause("conflict", "in", higher, tuple(range(level + 1, len(CONFLICTS)))) if higher else NEVER


def _without_care(activity: Activity) -> Condition:
    """Children whom nobody can look after: the known answer counts, and the harder of two."""
    if activity.children != "away":
        return NEVER
    none = Chosen("circumstances.children_at_home", ("none",))
    care, no_care = (Chosen("circumstances.childcare", (level,)) for level in ("true", "false"))
    return AnyOf((All((_AT_HOME, Not(care))), All((no_care, Not(none))), All((_AT_HOME, no_care))))


_CARED_FOR = Chosen("circumstances.home", ("someone_needs_care",))
_AWAKE_BESIDE_WORK, _AWAKE_IN_FREE_HOURS, _AWAKE_LATE = (
    Chosen("circumstances.awake_together", hours) for hours in (BESIDE_WORK, FREE_HOURS, LATE_HOURS)
)
_NOT_FOR: Mapping[Life, Condition] = {
    "no_small_child": Not(Chosen("circumstances.children_at_home", SMALL_CHILDREN)),
    "nobody_to_hand_over": Not(AnyOf((_AT_HOME, _CARED_FOR))),
    "newborn": Chosen("circumstances.season", ("newborn",)),
    "mourning": Chosen("circumstances.season", ("grief", "pregnancy_loss")),
    "nothing_awaited": Not(Chosen("circumstances.season", AWAITING)),
    "no_baby_on_the_way": Not(Chosen("circumstances.season", ("pregnancy",))),
    "no_empty_house": Not(Chosen("circumstances.season", ("children_moved_out",))),
    "relatives_at_home": Chosen("circumstances.home", ("others_live_here",)),
    "someone_needs_care": _CARED_FOR,
    "no_shared_evening": All((AnyOf((_AWAKE_BESIDE_WORK, _AWAKE_IN_FREE_HOURS)), Not(_AWAKE_LATE))),
    "shifts": Chosen("busyness.sources", ("shift_work",)),
}


def _not_for(activity: Activity, *lives: Life) -> tuple[Condition, ...]:
    """Return the conditions of life under which an activity makes no sense."""
    return tuple(_NOT_FOR[life] for life in lives if life in activity.not_for)


def _without_children(activity: Activity) -> Condition:
    none = (Not(_AT_HOME),) if activity.parents_only else ()
    return AnyOf((*none, *_not_for(activity, "no_small_child", "nobody_to_hand_over")))


def _out_of_season(activity: Activity) -> Condition:
    tender = (Chosen("circumstances.season", TENDER_SEASONS),) if activity.energy == "lively" else ()
    return AnyOf((*tender, *_not_for(activity, *SEASONS_THAT_MATTER)))


def _not_in_this_home(activity: Activity) -> Condition:
    """Somebody in the home who needs care, and both of you away for long; others in it whom it presumes elsewhere."""
    lives = _not_for(activity, "relatives_at_home", "someone_needs_care")
    return AnyOf((*((_CARED_FOR,) if _leaves_them_alone(activity) else ()), *lives))


def _leaves_them_alone(activity: Activity) -> bool:
    """Return whether both are away for long, and nobody is asked to stay with the one who needs care."""
    is_outside = activity.setting != "apart" and not {*activity.kinds}.isdisjoint(OUT_OF_THE_HOUSE)
    is_away = activity.together and (activity.children == "away" or is_outside)
    return is_away and activity.minutes > CARE_MINUTES and "nobody_to_hand_over" not in activity.not_for


def _at_other_hours(activity: Activity) -> Condition:
    """Only hours beside work that the two share, where it needs a free day; one of them saying more is enough."""
    beside_work = All((_AWAKE_BESIDE_WORK, Not(_AWAKE_IN_FREE_HOURS)))
    is_long = activity.minutes >= FREE_DAY_MINUTES
    return AnyOf((*((beside_work,) if is_long else ()), *_not_for(activity, "no_shared_evening", "shifts")))


def _too_far_or_too_near(activity: Activity) -> Condition:
    far = () if activity.remote else (Chosen("circumstances.living", ("long_distance",)),)
    near = (Not(Chosen("circumstances.living", APART)),) if activity.apart_only else ()
    return AnyOf((*far, *near))


_OF_ONE_PARTNER = (
    Constraint(
        "longest_slot_minutes",
        "busyness.longest_slot_minutes",
        "participants",
        lambda activity: _less_than("busyness.longest_slot_minutes", activity.minutes, UNKNOWN_MINUTES),
        lambda activity: activity.minutes,
    ),
    Constraint(
        "minutes_per_week",
        "busyness.minutes_per_week",
        "participants",
        lambda activity: _less_than("busyness.minutes_per_week", activity.minutes_a_week or 0),
        lambda activity: activity.minutes_a_week,
    ),
    Constraint("budget", "circumstances.budget", "participants", _too_dear, lambda activity: activity.cost),
    Constraint(
        "energy",
        "busyness.energy",
        "participants",
        _too_tiring,
        lambda activity: activity.energy,
    ),
    Constraint(
        "comfort_zone",
        "novelty.comfort_zone",
        "participants",
        _too_new,
        lambda activity: next(zone for zone, highest in NOVELTY_LIMITS.items() if activity.novelty <= highest),
    ),
    Constraint(
        "health_limits",
        "circumstances.health_limits",
        "participants",
        lambda activity: _chosen("circumstances.health_limits", *activity.unsuitable_for),
        lambda _: (),
    ),
    Constraint(
        "alcohol_free",
        "circumstances.alcohol_free",
        "participants",
        lambda activity: _chosen("circumstances.alcohol_free", *(["true"] if activity.alcohol else [])),
        lambda _: False,
    ),
    Constraint(
        "likes",
        "activity_preferences.likes",
        "either",
        lambda activity: AnyOf(tuple(Rated("activity_preferences.likes", kind, "avoid") for kind in activity.kinds)),
        lambda _: "ok",
    ),
)
_OF_THE_COUPLE = (
    Constraint(
        "children",
        "circumstances.children_at_home",
        "couple",
        _without_children,
        lambda activity: SMALL_CHILDREN if "no_small_child" in activity.not_for else WITH_CHILDREN,
    ),
    Constraint("childcare", "circumstances.childcare", "couple", _without_care, lambda _: True),
    Constraint("living", "circumstances.living", "couple", _too_far_or_too_near, lambda _: "same_city"),
    Constraint(
        "season",
        "circumstances.season",
        "couple",
        _out_of_season,
        lambda _: (),
    ),
    Constraint("home", "circumstances.home", "couple", _not_in_this_home, lambda _: ()),
    Constraint(
        "awake_together",
        "circumstances.awake_together",
        "couple",
        _at_other_hours,
        lambda activity: LATE_HOURS if "no_shared_evening" in activity.not_for else FREE_HOURS,
    ),
)
