"""Whether any activity of a practice fits a view, as gates: the limits of both, vetoes, conflict, place and tones."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import get_args

from app.engine.activity_index import UNKNOWN_MINUTES, ActivityIndex
from app.engine.bitset import Mask
from app.engine.fit import limits_of
from app.engine.ruleset import Activity
from app.engine.self_report import Busyness, Circumstances, ComfortZone, Novelty, PooledReport
from app.engine.vocabulary import ANSWERS
from verification.answered import Answered
from verification.circuit import FALSE, Circuit, Node
from verification.judged import Judged, is_one_of

Chain = tuple[Node, ...]
"""One limit as an activity meets it, from its most lenient form to the one that binds: who passes a stricter gate
passes those before it too."""

_SLOT, _A_WEEK = "busyness.longest_slot_minutes", "busyness.minutes_per_week"
_BUDGET, _LIVING = "circumstances.budget", "circumstances.living"
_CHILDREN, _CHILDCARE = "circumstances.children_at_home", "circumstances.childcare"
_LIKES, _COUNTS = "activity_preferences.likes", "activity_preferences.counts_as_quality_time"
_AVOID, _COUNTED = (1,), (4, 5)
_TENDER = ("newborn", "grief", "pregnancy_loss", "illness")


class Fitting:
    """The limits of one ruleset's activities, as gates of the views that `judged` belongs to."""

    def __init__(self, circuit: Circuit, index: ActivityIndex, judged: Judged, own: Answered, pooled: Answered) -> None:
        self._circuit = circuit
        self._catalogue = index
        self._judged = judged
        self._own = own
        self._pooled = pooled
        self._unheard = circuit.invert(own.heard)
        self._zones = _zones(index)
        self._is_lively_kind = circuit.invert(self._either(lambda each: each.is_any("circumstances.season", _TENDER)))
        self._limits = [tuple(self._chains(i, activity)) for i, activity in enumerate(index.order)]
        self._asked_for = Counter(chain[-1] for chains in self._limits for chain in chains)

    def any_fits(self, practice: str, *, is_offered: bool) -> Node:
        """Some activity of the practice fits, is of no withheld tone, and is not passive where that may not be first.

        For what is offered, and not only ranked, private answers take away too.
        """
        demands: dict[frozenset[Node], list[Node]] = {}
        for position, activity in enumerate(self._catalogue.order):
            if activity.practice == practice:
                binding = [chain[-1] for chain in self._limits[position]]
                binding.sort(key=lambda node: (-self._asked_for[node], node))
                binding += self._further(position, activity, is_offered=is_offered)
                if FALSE not in binding:
                    implied = {node for chain in self._limits[position] for node in chain}
                    demands[frozenset(implied.union(binding))] = binding
        least = [each for each in demands if not any(other < each for other in demands)]
        return self._circuit.some(self._circuit.every(demands[each]) for each in least)

    def _chains(self, position: int, activity: Activity) -> Iterator[Chain]:
        conflict = self._judged.findings["conflict"]
        allowed = [code for code in range(len(conflict)) if self._catalogue.by_conflict[code] >> position & 1]
        at_all = is_one_of(self._circuit, conflict, allowed)
        if self._catalogue.by_conflict[-1] >> position & 1:
            at_all = self._circuit.some((at_all, self._circuit.invert(conflict[0])))
        yield (at_all,)
        yield from ((node,) for node in self._place(activity))
        for limit in self._limits_of_one(position, activity):
            yield self._of_doers(activity, limit)
        vetoed = self._either(lambda each: each.is_rated(_LIKES, activity.kinds, _AVOID))
        yield (self._circuit.invert(vetoed),)

    def _of_doers(self, activity: Activity, limit: Callable[[Answered], Chain]) -> Chain:
        """A joint activity is held to the limits of both, a solo one to its doer's."""
        mine = limit(self._own)
        if not activity.together:
            return mine
        theirs = map(self._circuit.swap, limit(self._pooled))
        both = zip(mine, theirs, strict=True)
        return tuple(self._circuit.every((a, self._circuit.some((b, self._unheard)))) for a, b in both)

    def _limits_of_one(self, position: int, activity: Activity) -> Iterator[Callable[[Answered], Chain]]:
        circuit, index = self._circuit, self._catalogue
        yield lambda each: tuple(
            circuit.some((each.is_at_least(_SLOT, least), self._unless_known(each, _SLOT, least <= UNKNOWN_MINUTES)))
            for least in index.by_minutes.levels
            if least <= activity.minutes
        )
        if activity.minutes_a_week:
            yield lambda each: tuple(
                circuit.some((each.is_at_least(_A_WEEK, least), self._unless_known(each, _A_WEEK, True)))
                for least in index.by_minutes_a_week.levels
                if 0 < least <= (activity.minutes_a_week or 0)
            )
        yield lambda each: self._affordable(each, position)
        strange = [zone for zone, mask in self._zones.items() if not mask >> position & 1]
        yield lambda each: (circuit.invert(each.is_any("novelty.comfort_zone", strange)),)
        if activity.energy == "lively":
            yield lambda each: (circuit.invert(each.is_any("busyness.energy", ["drained"])),)
        if activity.unsuitable_for:
            yield lambda each: (circuit.invert(each.is_any("circumstances.health_limits", activity.unsuitable_for)),)
        if activity.alcohol:
            yield lambda each: (circuit.invert(each.is_any("circumstances.alcohol_free", ["true"])),)

    def _affordable(self, each: Answered, position: int) -> Chain:
        by_cost = self._catalogue.by_cost
        enough = [level for level in ANSWERS[_BUDGET].levels if by_cost[level] >> position & 1]
        is_careful = bool(by_cost[None] >> position & 1)
        return (self._circuit.some((each.is_any(_BUDGET, enough), self._unless_known(each, _BUDGET, is_careful))),)

    def _unless_known(self, each: Answered, path: str, holds: bool) -> Node:  # noqa: FBT001
        """What is allowed before the answer is there."""
        return self._circuit.invert(each.is_known(path)) if holds else FALSE

    def _place(self, activity: Activity) -> Iterator[Node]:
        """Distance, children and a tender season: facts of both, so what either says counts."""
        circuit = self._circuit
        far = self._either(lambda each: each.is_any(_LIVING, ["long_distance"]))
        if not activity.remote:
            yield circuit.invert(far)
        if activity.apart_only:
            yield circuit.some((far, self._either(lambda each: each.is_any(_LIVING, ["same_city"]))))
        if activity.parents_only:
            yield self._either(_has_children)
        if activity.children == "away":
            yield self._children_may_be_away()
        if activity.energy == "lively":
            yield self._is_lively_kind

    def _children_may_be_away(self) -> Node:
        circuit = self._circuit
        some_at_home = self._either(_has_children)
        none_at_home = self._either(lambda each: each.is_any(_CHILDREN, ["none"]))
        care = self._either(lambda each: each.is_any(_CHILDCARE, ["true"]))
        no_care = circuit.invert(self._either(lambda each: each.is_any(_CHILDCARE, ["false"])))
        return circuit.some(
            (
                circuit.every((some_at_home, care, no_care)),
                circuit.every((circuit.invert(some_at_home), circuit.some((none_at_home, no_care)))),
            )
        )

    def _either(self, says: Callable[[Answered], Node]) -> Node:
        return self._circuit.some((says(self._own), self._circuit.swap(says(self._pooled))))

    def _each(self, says: Callable[[Answered], Node]) -> Node:
        """Each who was heard."""
        theirs = self._circuit.some((self._circuit.swap(says(self._pooled)), self._unheard))
        return self._circuit.every((says(self._own), theirs))

    def _further(self, position: int, activity: Activity, *, is_offered: bool) -> Iterator[Node]:
        circuit, judged = self._circuit, self._judged
        for tone in activity.tones:
            yield circuit.invert(judged.tones.get(tone, FALSE))
            if is_offered:
                yield circuit.invert(judged.private_tones.get(tone, FALSE))
        if activity.together and activity.interaction == "parallel":
            yield self._counts(activity)
        if is_offered and not self._catalogue.small_steps >> position & 1:
            yield circuit.invert(self._own.is_any("private.willingness", ["small_steps"]))

    def _counts(self, activity: Activity) -> Node:
        counted = self._each(lambda each: each.is_rated(_COUNTS, activity.kinds, _COUNTED))
        if "quiet" not in activity.kinds:
            return counted
        welcome = self._each(lambda each: each.is_any("activity_preferences.quiet_is_welcome", ["true"]))
        return self._circuit.some((counted, welcome))


def _has_children(each: Answered) -> Node:
    return each.is_any(_CHILDREN, [level for level in ANSWERS[_CHILDREN].levels if level != "none"])


def _zones(index: ActivityIndex) -> Mapping[str, Mask]:
    """What each comfort zone leaves, where nothing else limits."""
    busyness, circumstances = Busyness(longest_slot_minutes=2880), Circumstances(budget="high")
    return {
        zone: limits_of(
            index,
            PooledReport(novelty=Novelty(comfort_zone=zone), busyness=busyness, circumstances=circumstances),
        ).allowed
        for zone in get_args(ComfortZone)
    }
