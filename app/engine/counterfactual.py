"""The least that a viewer could answer otherwise for a target to be suggested.

Changes are not tried blindly: they are read from the limits that fail, from the wishes that rules about the practice
call for, and from the likings that place an activity among its like. Each result is decided again before it is
returned. Only what a person can decide about is varied, and only upwards; a veto stays a veto.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import floor
from typing import Any, Literal, NamedTuple

from app.engine.answer_changes import (
    BUDGET,
    COUNTS,
    DESIRED,
    LEVELS,
    LIKES,
    PURPOSE,
    QUIET,
    SLOT,
    WEEK,
    ZONE,
    AnswerChanges,
    Change,
    answer_now,
    apply_changes,
    is_within,
    join,
    order_by_question,
    rank,
    rank_now,
    size_of,
    smaller_changes,
    subsets,
)
from app.engine.bitset import Mask, positions
from app.engine.choosing import Stands
from app.engine.compiled_ruleset import CompiledRuleset, paths_of
from app.engine.conditions import Linear, leaves, whole
from app.engine.evaluate import full_reader, narrow, quiet_reader, told_reader
from app.engine.history import Moment
from app.engine.offer import COUNTS_FROM, Offer, Reading, excluded_by_history, heard, judge_pair, make_offer, read
from app.engine.ruleset import Finding
from app.engine.say import Reader
from app.engine.self_report import Agreed, PooledReport, SelfReport, pool, poolable
from app.engine.unmet_constraints import PRIVATE_LIMIT, UnmetConstraint, find_unmet_constraints, passive_hindrance

TargetStatus = Literal["suggested", "withheld", "not_suggested", "outranked"]

MAX_ALTERNATIVES = 3
MAX_CHANGES = 3
_REPAIRED_BY = {"longest_slot_minutes": SLOT, "minutes_per_week": WEEK, "budget": BUDGET, "comfort_zone": ZONE}
"""The answer whose change meets a constraint; no other constraint can be met by the viewer alone."""
_MAX_HOURS = 168
"""The hours of a week."""
_QUARTERS = 4


class Target(NamedTuple):
    """The subject of an explanation: one activity, or all of a practice or strategy."""

    id: str
    kind: Literal["activity", "practice", "strategy"]
    activities: Mask

    @property
    def position(self) -> int:
        """Return the position of the activity, where the target is one."""
        return self.activities.bit_length() - 1


class Alternative(NamedTuple):
    """Changes that together give the target the status `then`."""

    changes: tuple[Change, ...]
    then: TargetStatus


class Evaluation(NamedTuple):
    """The decision about one report, from which its view and its explanations are made.

    `disclosed` is the part of `mine` that the reader may be told of. Were it all, it would leave `left`, and `shown`
    would stand.
    """

    mine: SelfReport
    disclosed: SelfReport
    offer: Offer
    reader: Reader
    stands: Stands
    left: Mask
    shown: Mask
    is_quiet: bool


def evaluate_for_explanation(  # noqa: PLR0913  (what a view is made from, and who reads it)
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | Reading | None,
    agreed: Agreed,
    moment: Moment,
    *,
    quiet: bool,
    disclosed: SelfReport,
) -> Evaluation:
    """Decide about a report whose owner is willing and needs no support."""
    own, other = read(compiled, pool(mine)), heard(compiled, theirs)
    offer = make_offer(compiled, own, other, judge_pair(compiled, own, other, agreed), moment)
    return _narrowed(offer, mine, disclosed, quiet=quiet)


def _narrowed(offer: Offer, mine: SelfReport, disclosed: SelfReport, *, quiet: bool) -> Evaluation:
    reader = quiet_reader(offer, mine) if quiet else full_reader(offer, mine, disclosed)
    is_whole = quiet or ((mine is disclosed or mine == disclosed) and offer.moment.history.is_gentle_told)
    stands = _stands(offer, reader)
    if is_whole:
        return Evaluation(mine, disclosed, offer, reader, stands, reader.allowed, stands.eligible, quiet)
    alone = told_reader(offer, disclosed)
    return Evaluation(mine, disclosed, offer, reader, stands, alone.allowed, _stands(offer, alone).eligible, quiet)


def _stands(offer: Offer, reader: Reader) -> Stands:
    return narrow(offer, reader.width, reader.allowed, reader.leading)


def offered(evaluation: Evaluation, target: Target) -> Mask:
    """Return the target's activities that fit and that rules call for."""
    return evaluation.stands.eligible & target.activities


def is_suggested(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether an activity is shown, or whether a practice or strategy has something to offer."""
    # Affection is an addition, so something that fits is not enough: it must have a place.
    here = offered(evaluation, target)
    if target.kind == "activity" or _is_affection(evaluation, target):
        return any(pick.bit & here for pick in evaluation.stands.picks)
    return bool(here)


def would_change(evaluation: Evaluation, target: Target) -> tuple[Alternative, ...]:
    """Return the smallest changes that lead to a suggestion; without any, those that make the target fit."""
    # Nobody is to change their answers for the sake of affection.
    if _is_affection(evaluation, target):
        return ()
    candidates = _for_activity(evaluation, target) if target.kind == "activity" else _for_several(evaluation, target)
    return _Search(evaluation, target).least(candidates)


def unmet(evaluation: Evaluation, position: int) -> tuple[UnmetConstraint, ...]:
    """Return the constraints that an activity does not meet, as far as they may be told."""
    offer, own = evaluation.offer, evaluation.reader.own
    failing = find_unmet_constraints(offer, own, position)
    alone = offer.passive & offer.eligible & 1 << position
    if not failing and alone and not evaluation.stands.eligible & alone:
        failing = passive_hindrance(offer, own, position)
    # A private limit is told once, and only to the one who has just answered.
    if not evaluation.left >> position & 1 and not failing and not evaluation.is_quiet:
        failing = (PRIVATE_LIMIT,)
    return failing


def nearest(evaluation: Evaluation, target: Target) -> int | None:
    """Return the called-for activity of a target with the fewest unmet constraints; None where none is called for."""
    offer = evaluation.offer
    called = target.activities & offer.pair.called & ~offer.pair.withheld
    here = positions(called & ~excluded_by_history(offer) or called)
    return min(here, key=lambda position: (len(unmet(evaluation, position)), position), default=None)


def repairs(evaluation: Evaluation, position: int) -> AnswerChanges | None:
    """Return the reader's changes that make an activity fit; None where something else is in the way."""
    offer, changes = evaluation.offer, {}
    for constraint in find_unmet_constraints(offer, evaluation.reader.own, position):
        path = _REPAIRED_BY.get(constraint.constraint)
        if path is None:
            return None
        changes[path] = constraint.needs
    # The other partner's limits are out of reach, so they must allow the activity as they are.
    if offer.other is None:
        return changes
    suits_other = (offer.other.limits.allowed | ~offer.compiled.index.joint) & ~offer.other.taste.vetoed
    return changes if suits_other >> position & 1 else None


def _is_affection(evaluation: Evaluation, target: Target) -> bool:
    return bool(target.activities & evaluation.offer.compiled.index.by_practice["affection"])


def _for_activity(evaluation: Evaluation, target: Target) -> Iterator[AnswerChanges]:
    """Yield what makes an activity fit, with wishes that it is called for by and likings that would bring it in."""
    base, wishes = repairs(evaluation, target.position), _wishes(evaluation, target)
    if base is None or len(base) > MAX_CHANGES or not _may_open(evaluation, target, wishes):
        return
    for ways in subsets([*wishes, *_tastes(evaluation, target.position)], MAX_CHANGES - len(base)):
        yield join((base, *ways))


def _for_several(evaluation: Evaluation, target: Target) -> Iterator[AnswerChanges]:
    """Yield what makes one activity of a practice or strategy fit, with the wishes that it is called for by."""
    index = evaluation.offer.compiled.index
    here = target.activities & evaluation.reader.allowed & ~excluded_by_history(evaluation.offer)
    for position in positions(here):
        one = Target(index.order[position].id, "activity", 1 << position)
        base, wishes = repairs(evaluation, position), _wishes(evaluation, one)
        if base is None or not _may_open(evaluation, one, wishes):
            continue
        passive = evaluation.offer.passive >> position & 1
        counts: list[AnswerChanges] = _counting(evaluation, position) if passive else [{}]
        for ways in subsets(wishes if _is_closed(evaluation, one) else [], MAX_CHANGES - len(base)):
            yield from (join((base, change, *ways)) for change in counts)


def _is_closed(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether rules keep an activity out, whatever fits."""
    pair = evaluation.offer.pair
    return not target.activities & pair.called & ~pair.withheld


def _may_open(evaluation: Evaluation, target: Target, wishes: Sequence[AnswerChanges]) -> bool:
    """Tell whether rules let an activity in, or might with other wishes."""
    return bool(wishes) or not _is_closed(evaluation, target)


def _wishes(evaluation: Evaluation, target: Target) -> list[AnswerChanges]:
    """Return the raised wishes that rules about this activity read, by one step and more."""
    compiled, report = evaluation.offer.compiled, evaluation.mine
    read_here: set[int] = set()
    for rule in compiled.rules:
        if (rule.calls | rule.withholds) & target.activities:
            read_here.update(i for i, _ in rule.reads if i in compiled.reading.wishes)
    changes: list[AnswerChanges] = []
    for i in sorted(read_here):
        paths = paths_of(compiled.findings[i])
        if ZONE in paths:
            changes += [{ZONE: level} for level in LEVELS[ZONE] if rank(ZONE, level) > rank_now(report, ZONE)]
        if PURPOSE in paths and answer_now(report, PURPOSE) is not True:
            changes.append({PURPOSE: True})
        if DESIRED in paths:
            changes += [{DESIRED: hours} for hours in _more_hours(evaluation, i)]
    return changes


def _more_hours(evaluation: Evaluation, position: int) -> Iterator[float]:
    """Yield the hours a week at which the finding at `position` takes a higher value, fewest first."""
    compiled, report = evaluation.offer.compiled, evaluation.mine
    now = answer_now(report, DESIRED)
    code = evaluation.offer.own.codes[position]
    for quarters in sorted(_turning_points(compiled.findings[position], report)):
        hours = quarters / _QUARTERS
        if (0 if now is None else now) < hours <= _MAX_HOURS:
            reached = compiled.reading.pooled(poolable(apply_changes(report, {DESIRED: hours})))[position]
            # Further hours that change no finding change no rule.
            if reached > code:
                code = reached
                yield hours


def _turning_points(finding: Finding, report: SelfReport) -> set[int]:
    """Return the numbers of quarter hours on both sides of the finding's bounds on the hours desired."""
    points: set[int] = set()
    for leaf in (leaf for _, condition in finding.tries for leaf in leaves(condition)):
        if isinstance(leaf, Linear) and any(path == DESIRED for _, path in leaf.terms):
            factor = sum(factor for factor, path in leaf.terms if path == DESIRED)
            others = [(factor, path, answer_now(report, path)) for factor, path in leaf.terms if path != DESIRED]
            if all(value is not None for _, _, value in others):
                line = (leaf.constant - sum(times * whole(value, path) for times, path, value in others)) / factor
                points |= {floor(line), floor(line) + 1}
    return points


def _tastes(evaluation: Evaluation, position: int) -> list[AnswerChanges]:
    """Return the changes that like the activity's main kind more or count it as time together."""
    main = evaluation.offer.compiled.index.order[position].kinds[0]
    # Nobody is to be talked into touch.
    if main == "touch":
        return []
    path = f"{LIKES}.{main}"
    now = rank_now(evaluation.mine, path)
    raised: list[AnswerChanges] = [{path: level} for level in ("like", "love") if now < rank(path, level)]
    return raised + _counting(evaluation, position)


def _counting(evaluation: Evaluation, position: int) -> list[AnswerChanges]:
    """Return the changes that count the activity as time together, unless the other partner's answer prevents it."""
    offer, bit = evaluation.offer, 1 << position
    index = offer.compiled.index
    if offer.own.taste.counted & bit or (offer.other is not None and not offer.other.taste.counted & bit):
        return []
    kinds = [kind for kind in index.order[position].kinds if kind != "touch"]
    quiet: list[AnswerChanges] = [{QUIET: True}] if index.by_kind["quiet"] & bit else []
    return [*({f"{COUNTS}.{kind}": COUNTS_FROM} for kind in kinds), *quiet]


class _Search:
    """A search for the smallest changes: it decides every candidate anew, once, and stores the result."""

    def __init__(self, evaluation: Evaluation, target: Target) -> None:
        self._evaluation = evaluation
        self._target = target
        self._known: dict[frozenset[tuple[str, Any]], TargetStatus | None] = {}
        self._was_offered = bool(offered(evaluation, target))

    def least(self, candidates: Iterable[AnswerChanges]) -> tuple[Alternative, ...]:
        unique = {frozenset(changes.items()): changes for changes in candidates if 0 < len(changes) <= MAX_CHANGES}
        in_order = sorted(unique.values(), key=self._size)
        # A suggestion is worth more steps than a mere fit, so fits are looked for only without one.
        wanted: TargetStatus
        for wanted in ("suggested", "outranked"):
            results: list[AnswerChanges] = []
            for changes in in_order:
                if results and (len(changes) > len(results[0]) or len(results) == MAX_ALTERNATIVES):
                    break
                if not any(is_within(result, changes) for result in results) and self._leads_to(changes) == wanted:
                    least = self._shrink(changes, wanted)
                    results = [*(result for result in results if not is_within(least, result)), least]
            if results:
                results.sort(key=self._size)
                return tuple(Alternative(self._in_order(changes), wanted) for changes in results)
        return ()

    def _leads_to(self, changes: AnswerChanges) -> TargetStatus | None:
        """Return the target's status under the changed report; None where nothing is gained.

        A target that fitted before and was outranked gains nothing by being outranked again.
        """
        key = frozenset(changes.items())
        if key not in self._known:
            then = _evaluate_changed(self._evaluation, changes)
            self._known[key] = (
                "suggested"
                if is_suggested(then, self._target)
                else "outranked"
                if not self._was_offered and offered(then, self._target)
                else None
            )
        return self._known[key]

    def _shrink(self, changes: AnswerChanges, wanted: TargetStatus) -> AnswerChanges:
        """Leave out every change, and every step of one, that the result does not need."""
        for fewer in smaller_changes(changes, self._evaluation.mine):
            if self._leads_to(fewer) == wanted:
                return self._shrink(fewer, wanted)
        return changes

    def _in_order(self, changes: AnswerChanges) -> tuple[Change, ...]:
        report = self._evaluation.mine
        return tuple(Change(path, answer_now(report, path), changes[path]) for _, path in order_by_question(changes))

    def _size(self, changes: AnswerChanges) -> tuple[int, int, list[tuple[int, str]]]:
        return size_of(changes, self._evaluation.mine)


def _evaluate_changed(evaluation: Evaluation, changes: AnswerChanges) -> Evaluation:
    """Decide about the report with these changes, in the same kind of view."""
    offer = evaluation.offer
    after = apply_changes(evaluation.mine, changes)
    own = read(offer.compiled, pool(after))
    pair = judge_pair(offer.compiled, own, offer.other, offer.pair.agreed)
    disclosed = apply_changes(evaluation.disclosed, changes)
    changed = make_offer(offer.compiled, own, offer.other, pair, offer.moment)
    return _narrowed(changed, after, disclosed, quiet=evaluation.is_quiet)
