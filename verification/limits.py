"""What fits, as symbols: on one side the engine's own sets of activities, on the other what each activity needs."""

from collections.abc import Iterator

import z3

from app.engine.bitset import Mask, Threshold
from app.engine.ruleset import Activity
from app.rulesets.library import Library
from verification.symbols import TRUE, Bool, Couple, Report, all_of, any_of

SLOT, WEEK = "busyness.longest_slot_minutes", "busyness.minutes_per_week"
ENERGY, BUDGET = "busyness.energy", "circumstances.budget"
COMFORT, LIKES = "novelty.comfort_zone", "activity_preferences.likes"
HEALTH, SEASON, LIVING = "circumstances.health_limits", "circumstances.season", "circumstances.living"
CHILDREN, CHILDCARE = "circumstances.children_at_home", "circumstances.childcare"
SOBER = "circumstances.alcohol_free"

AT_HOME = ("under_6", "from_6_to_12", "teens", "mixed")
TENDER = ("newborn", "grief", "pregnancy_loss", "illness")
COSTS = ("free", "low", "medium", "high")
CONFLICTS = ("rare", "occasional", "frequent", "chronic")
NOVELTY = {"not_now": 1, "small_step": 2}
ALONE_UNTIL, CHRONIC_MINUTES, CHRONIC_QUALITY_TIME = 60, 45, 30
"""Minutes: where the longest slot is unknown, in chronic conflict, and in chronic conflict for quality time."""


class Fitting:
    """For one couple, or for the viewer alone: `heard` says whether there is another partner."""

    def __init__(self, library: Library, couple: Couple) -> None:
        self._catalogue = library.compiled.index
        self._quality_time = library.ruleset.strategies[0].practices
        self._beyond = (*library.ruleset.strategies[2].practices, "retreat")
        self._couple, self._heard = couple, z3.Bool("heard")
        self._conflict = couple.met["conflict"]

    def grows_with_conflict(self, bit: int) -> Bool:
        """That it fits at one level of conflict and not at a lower one; unknown is the lowest."""
        lower, higher = ([z3.Bool(f"{name}{i}") for i in range(len(CONFLICTS))] for name in ("lower", "higher"))
        one_each = z3.And(z3.AtMost(*lower, 1), z3.PbEq([(each, 1) for each in higher], 1))
        rises = z3.Or(z3.Not(any_of(lower)), *(z3.And(a, any_of(higher[i + 1 :])) for i, a in enumerate(lower)))
        elsewhere = self._fits_but_for_conflict(bit)
        fits = z3.And(elsewhere, self._suits_conflict(bit, tuple(higher)))
        return z3.And(one_each, rises, fits, z3.Not(z3.And(elsewhere, self._suits_conflict(bit, tuple(lower)))))

    def passes_a_limit(self, bit: int) -> Bool:
        """That it fits, and yet needs more than there is."""
        activity = self._catalogue.order[bit]
        return z3.And(self.fits(bit), any_of(self._passed(activity)))

    def fits(self, bit: int) -> Bool:
        return z3.And(self._fits_but_for_conflict(bit), self._suits_conflict(bit, self._conflict))

    # The engine's own sets, which must not let through what the second half forbids.

    def _fits_but_for_conflict(self, bit: int) -> Bool:
        index, couple = self._catalogue, self._couple
        mine = z3.And(self._allows(couple.mine, bit), z3.Not(self._vetoes(couple.mine, bit)))
        theirs = z3.And(self._allows(couple.theirs, bit), z3.Not(self._vetoes(couple.theirs, bit)))
        is_joint = bool(index.joint >> bit & 1)
        return z3.And(mine, z3.Or(z3.Not(self._heard), theirs) if is_joint else mine, self._suits_place(bit))

    def _suits_conflict(self, bit: int, codes: tuple[Bool, ...]) -> Bool:
        *known, unknown = self._catalogue.by_conflict
        at = any_of(code for code, mask in zip(codes, known, strict=True) if mask >> bit & 1)
        return z3.Or(at, z3.Not(any_of(codes))) if unknown >> bit & 1 else at

    def _allows(self, report: Report, bit: int) -> Bool:
        index = self._catalogue

        def has(mask: Mask) -> bool:
            return bool(mask >> bit & 1)

        slot = _within(index.by_minutes, report.number(SLOT), bit)
        week = _within(index.by_minutes_a_week, report.number(WEEK), bit)
        kept = [
            z3.If(report.is_known(SLOT), slot, has(index.by_minutes.within(ALONE_UNTIL))),
            z3.Implies(report.is_known(WEEK), week),
            z3.Or(
                any_of(report.is_level(BUDGET, cost) for cost in COSTS if has(index.by_cost[cost])),
                z3.And(z3.Not(report.is_known(BUDGET)), has(index.by_cost[None])),
            ),
        ]
        kept += [
            z3.Not(report.is_level(COMFORT, level))
            for level, most in NOVELTY.items()
            if not has(index.by_novelty.within(most))
        ]
        if not has(index.not_lively):
            kept.append(z3.Not(report.is_level(ENERGY, "drained")))
        kept += [z3.Not(report.is_level(HEALTH, limit)) for limit, mask in index.unsuitable.items() if has(mask)]
        if not has(index.no_alcohol):
            kept.append(z3.Not(report.is_level(SOBER, "true")))
        return all_of(kept)

    def _vetoes(self, report: Report, bit: int) -> Bool:
        kinds = [kind for kind, mask in self._catalogue.by_kind.items() if mask >> bit & 1]
        return any_of(report.rates(LIKES, kind, "avoid") for kind in kinds)

    def _suits_place(self, bit: int) -> Bool:
        index = self._catalogue
        kept = []
        if not index.not_for_parents_only >> bit & 1:
            kept.append(self._of_either(CHILDREN, *AT_HOME))
        if not index.remote >> bit & 1:
            kept.append(z3.Not(self._of_either(LIVING, "long_distance")))
        if not index.not_for_apart_only >> bit & 1:
            kept.append(self._of_either(LIVING, "long_distance", "same_city"))
        if not index.not_away >> bit & 1:
            kept.append(self._may_be_away())
        if not index.not_lively >> bit & 1:
            kept.append(z3.Not(self._of_either(SEASON, *TENDER)))
        return all_of(kept)

    def _of_either(self, path: str, *levels: str) -> Bool:
        couple = self._couple
        return z3.Or(couple.mine.is_level(path, *levels), z3.And(self._heard, couple.theirs.is_level(path, *levels)))

    def _may_be_away(self) -> Bool:
        no_care = self._of_either(CHILDCARE, "false")
        at_home, none = self._of_either(CHILDREN, *AT_HOME), self._of_either(CHILDREN, "none")
        return z3.If(at_home, z3.And(self._of_either(CHILDCARE, "true"), z3.Not(no_care)), z3.Or(none, z3.Not(no_care)))

    # What the activity itself needs.

    def _passed(self, activity: Activity) -> Iterator[Bool]:
        couple = self._couple
        yield from self._passed_by(couple.mine, activity)
        if activity.together:
            for passed in self._passed_by(couple.theirs, activity):
                yield z3.And(self._heard, passed)
        if not activity.remote:
            yield self._of_either(LIVING, "long_distance")
        if activity.children == "away":
            yield z3.And(self._of_either(CHILDREN, *AT_HOME), z3.Not(self._of_either(CHILDCARE, "true")))
            yield z3.And(self._of_either(CHILDREN, *AT_HOME), self._of_either(CHILDCARE, "false"))
        if activity.parents_only:
            yield z3.Not(self._of_either(CHILDREN, *AT_HOME))
        if activity.apart_only:
            yield z3.Not(self._of_either(LIVING, "long_distance", "same_city"))
        if activity.energy == "lively":
            yield self._of_either(SEASON, *TENDER)
        yield any_of(self._conflict[CONFLICTS.index(activity.conflict_ceiling) + 1 :])
        if self._is_too_much_in_chronic_conflict(activity):
            yield self._conflict[-1]

    def _is_too_much_in_chronic_conflict(self, activity: Activity) -> bool:
        if activity.practice in self._beyond or activity.minutes > CHRONIC_MINUTES:
            return True
        is_long = activity.minutes > CHRONIC_QUALITY_TIME or not activity.fixed_end
        return activity.practice in self._quality_time and is_long

    def _passed_by(self, report: Report, activity: Activity) -> Iterator[Bool]:
        """What one of those who do it cannot or will not do."""
        yield z3.And(report.is_known(SLOT), report.number(SLOT) < activity.minutes)
        if activity.minutes > ALONE_UNTIL:
            yield z3.Not(report.is_known(SLOT))
        a_week = 0 if activity.repeat == "seasonal" else activity.minutes * (activity.times_a_week or 1)
        yield z3.And(report.is_known(WEEK), report.number(WEEK) < a_week)
        dear = COSTS.index(activity.cost)
        yield report.is_level(BUDGET, *COSTS[:dear])
        if activity.cost in ("medium", "high"):
            yield z3.Not(report.is_known(BUDGET))
        yield from (report.is_level(COMFORT, level) for level, most in NOVELTY.items() if activity.novelty > most)
        if activity.energy == "lively":
            yield report.is_level(ENERGY, "drained")
        if activity.unsuitable_for:
            yield report.is_level(HEALTH, *activity.unsuitable_for)
        if activity.alcohol:
            yield report.is_level(SOBER, "true")
        yield from (report.rates(LIKES, kind, "avoid") for kind in activity.kinds)


def _within(threshold: Threshold, number: Bool, bit: int) -> Bool:
    """Whether a bit is in the set for this number: read off the sets as they are, stretch by stretch."""
    edges = (None, *threshold.levels, None)
    parts: list[Bool] = []
    for i, mask in enumerate(threshold.masks):
        if mask >> bit & 1:
            low, high = edges[i], edges[i + 1]
            above = number >= low if low is not None else TRUE
            parts.append(z3.And(above, number < high) if high is not None else above)
    return any_of(parts)
