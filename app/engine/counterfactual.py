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
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask, paths_of
from app.engine.conditions import Linear, leaves, whole
from app.engine.evaluate import excluded_by_history, make_offer
from app.engine.fit import COUNTS_FROM
from app.engine.history import NO_HISTORY, History
from app.engine.ruleset import Finding
from app.engine.selection import AFFECTION, Offer, pick_activities
from app.engine.self_report import SelfReport, poolable
from app.engine.unmet_constraints import UnmetConstraint, find_unmet_constraints
from app.engine.verdicts import Gate, Reading, Situation, gate, situation_of

TargetStatus = Literal["suggested", "withheld", "not_suggested", "outranked"]

MAX_ALTERNATIVES = 3
MAX_CHANGES = 3
_REPAIRED_BY = {"longest_slot_minutes": SLOT, "minutes_per_week": WEEK, "budget": BUDGET, "comfort_zone": ZONE}
"""The answer whose change meets a constraint; no other constraint can be met by the viewer alone."""
_MAX_HOURS = 168
"""The hours of a week."""
_QUARTERS = 4


class Target(NamedTuple):
    """The subject of an explanation: an activity by its position, or all of these practices.

    `position` is -1 for a practice or a strategy.
    """

    id: str
    kind: Literal["activity", "practice", "strategy"]
    position: int
    practices: tuple[int, ...]


class Alternative(NamedTuple):
    """Changes that together give the target the status `then`."""

    changes: tuple[Change, ...]
    then: TargetStatus


class Evaluation(NamedTuple):
    """The decision about one report, from which its view and its explanations are made."""

    situation: Situation
    gated: Gate
    offer: Offer


def evaluate_for_explanation(
    compiled: CompiledRuleset,
    mine: SelfReport,
    other: Reading | None,
    limit: int,
    past: History = NO_HISTORY,
    *,
    quiet: bool = False,
) -> Evaluation:
    """Decide about a report whose owner is willing and needs no support."""
    situation = situation_of(compiled, mine, other, limit, past, quiet=quiet)
    gated = gate(compiled, situation.verdicts)
    return Evaluation(situation, gated, make_offer(situation, gated))


def shown(evaluation: Evaluation) -> list[tuple[Mask, int]]:
    """Return the activities that a view shows, in order, with their practices."""
    return [*pick_activities(evaluation.situation, evaluation.offer)] if evaluation.offer.practices else []


def offered(evaluation: Evaluation, target: Target) -> Mask:
    """Return the target's activities that fit and that rules call for."""
    here = 0
    for practice in target.practices:
        here |= evaluation.offer.eligible[practice]
    return here & 1 << target.position if target.kind == "activity" else here


def is_suggested(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether an activity is shown, or whether a practice or strategy has something to offer."""
    # Affection is offered as an addition, so something that fits is not enough: it must have a place.
    here = offered(evaluation, target)
    if target.kind == "activity" or AFFECTION in target.practices:
        return bool(here) and any(bit & here for bit, _ in shown(evaluation))
    return bool(here)


def would_change(evaluation: Evaluation, target: Target) -> tuple[Alternative, ...]:
    """Return the smallest changes that lead to a suggestion; without any, those that make the target fit."""
    # Nobody is to change their answers for the sake of affection.
    if AFFECTION in target.practices:
        return ()
    candidates = _for_activity(evaluation, target) if target.kind == "activity" else _for_practices(evaluation, target)
    return _Search(evaluation, target).least(candidates)


def withholding_rules(evaluation: Evaluation, target: Target) -> RuleMask:
    """Return the fired rules that withhold one of the target's practices, or its tone."""
    compiled = evaluation.situation.compiled
    here = sum(1 << practice for practice in target.practices)
    bit = 1 << target.position if target.kind == "activity" else 0
    rules = 0
    for i in positions(evaluation.gated.withholding):
        if compiled.rules[i].withholds & here or compiled.rules[i].tones & bit:
            rules |= 1 << i
    return rules


def repairs(evaluation: Evaluation, position: int, failing: Iterable[UnmetConstraint]) -> AnswerChanges | None:
    """Return the viewer's changes that make an activity fit; None where something else is in the way."""
    changes = {}
    for constraint in failing:
        path = _REPAIRED_BY.get(constraint.constraint)
        if path is None:
            return None
        changes[path] = constraint.needs
    # The other partner's limits are out of reach, so they must allow the activity as they are.
    other, bit = evaluation.situation.other, 1 << position
    if other is None:
        return changes
    suits_other = (other.limits.allowed | ~evaluation.situation.compiled.index.joint) & ~other.taste.vetoed
    return changes if suits_other & bit else None


def _for_activity(evaluation: Evaluation, target: Target) -> Iterator[AnswerChanges]:
    """Yield what makes an activity fit, with wishes that its practice calls for and likings that would move it up."""
    position, (practice,) = target.position, target.practices
    base = repairs(evaluation, position, find_unmet_constraints(evaluation.situation, position))
    wishes = _wishes(evaluation, practice)
    if base is None or len(base) > MAX_CHANGES or not _may_open(evaluation, target, wishes):
        return
    after = _evaluate_changed(evaluation, base) if base else evaluation
    # A liking moves an activity up within its practice, and no practice before another.
    tastes = _tastes(evaluation, position)
    is_past_liking = _is_past_liking(after, target)
    for ways in subsets([*wishes, *tastes], MAX_CHANGES - len(base)):
        if not is_past_liking or not ways or any(way in wishes for way in ways):
            yield join((base, *ways))


def _is_past_liking(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether liking the activity more is no use, because other practices leave no place for its own."""
    is_passive = evaluation.offer.passive >> target.position & 1
    return not is_passive and all(practice not in target.practices for _, practice in shown(evaluation))


def _is_closed(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether rules keep the target out, whatever fits."""
    return bool(withholding_rules(evaluation, target)) or not any(
        evaluation.gated.needs[practice] for practice in target.practices
    )


def _may_open(evaluation: Evaluation, target: Target, wishes: Sequence[AnswerChanges]) -> bool:
    """Tell whether rules let the target in, or might with other wishes."""
    if not _is_closed(evaluation, target):
        return True
    # A rule that reads no wish goes on withholding.
    compiled = evaluation.situation.compiled
    withholding = (compiled.rules[i] for i in positions(withholding_rules(evaluation, target)))
    return bool(wishes) and all(any(i in compiled.wishes for i, _ in rule.reads) for rule in withholding)


def _for_practices(evaluation: Evaluation, target: Target) -> Iterator[AnswerChanges]:
    """Yield, practice by practice, what makes one of its activities fit, with the wishes that its rules call for."""
    for practice in target.practices:
        one = target._replace(kind="practice", practices=(practice,))
        wishes = _wishes(evaluation, practice) if _is_closed(evaluation, one) else []
        if not _may_open(evaluation, one, wishes):
            continue
        for way in enabling_changes(evaluation, practice):
            for ways in subsets(wishes, MAX_CHANGES - len(way)):
                yield join((way, *ways))


def enabling_changes(evaluation: Evaluation, practice: int) -> list[AnswerChanges]:
    """Return the changes that make an activity of this practice fit which may also come first.

    The only one is empty where such an activity fits already.
    """
    situation, gated = evaluation.situation, evaluation.gated
    compiled = situation.compiled
    here = compiled.practice_masks[practice] & ~gated.tones & ~gated.private_tones & ~excluded_by_history(situation)
    if situation.takes_small_steps:
        here &= compiled.index.small_steps
    if here & evaluation.offer.fitting & ~evaluation.offer.passive:
        return [{}]
    ways: list[AnswerChanges] = []
    for position in positions(here):
        base = repairs(evaluation, position, find_unmet_constraints(situation, position))
        if base is not None:
            passive = evaluation.offer.passive >> position & 1
            counts: list[AnswerChanges] = _counting(evaluation, position) if passive else [{}]
            ways += [join((base, change)) for change in counts]
    return ways


def _wishes(evaluation: Evaluation, practice: int) -> list[AnswerChanges]:
    """Return the raised wishes that rules about this practice read, by one step and more."""
    compiled, report = evaluation.situation.compiled, evaluation.situation.mine
    read_here: set[int] = set()
    for rule in compiled.rules:
        if rule.practice == practice or rule.withholds >> practice & 1:
            read_here.update(i for i, _ in rule.reads if i in compiled.wishes)
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
    compiled, report = evaluation.situation.compiled, evaluation.situation.mine
    now = answer_now(report, DESIRED)
    code = evaluation.situation.own.codes[position]
    for quarters in sorted(_turning_points(compiled.findings[position], report)):
        hours = quarters / _QUARTERS
        if (0 if now is None else now) < hours <= _MAX_HOURS:
            reached = compiled.read_pooled(poolable(apply_changes(report, {DESIRED: hours})))[position]
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
    """Return the changes that like the activity more or count it as time together.

    A liking is raised only as far as the other partner's liking lets it matter.
    """
    situation, bit = evaluation.situation, 1 << position
    index, other = situation.compiled.index, situation.other
    kinds = index.order[position].kinds
    # Nobody is to be talked into touch.
    if "touch" in kinds:
        return []
    capped = {"like": 0, "love": 0}
    if other is not None and index.joint & bit:
        capped = {"like": other.taste.below_like & bit, "love": other.taste.below_love & bit}
    changes: list[AnswerChanges] = []
    for level, cap in capped.items():
        raised = {
            path: level
            for path in (f"{LIKES}.{kind}" for kind in kinds)
            if rank_now(situation.mine, path) < rank(path, level)
        }
        if raised and not cap:
            changes.append(raised)
    return changes + _counting(evaluation, position)


def _counting(evaluation: Evaluation, position: int) -> list[AnswerChanges]:
    """Return the changes that count the activity as time together, unless the other partner's answer prevents it."""
    situation, bit = evaluation.situation, 1 << position
    index, own, other = situation.compiled.index, situation.own.taste, situation.other
    kinds = [kind for kind in index.order[position].kinds if kind != "touch"]
    changes: list[AnswerChanges] = []
    if not own.counted & bit and (other is None or other.taste.counted & bit):
        changes += [{f"{COUNTS}.{kind}": COUNTS_FROM} for kind in kinds]
    is_quiet = index.by_kind["quiet"] & index.parallel & bit
    if is_quiet and not own.welcomes_quiet and (other is None or other.taste.welcomes_quiet):
        changes.append({QUIET: True})
    return changes


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
        for fewer in smaller_changes(changes, self._evaluation.situation.mine):
            if self._leads_to(fewer) == wanted:
                return self._shrink(fewer, wanted)
        return changes

    def _in_order(self, changes: AnswerChanges) -> tuple[Change, ...]:
        report = self._evaluation.situation.mine
        return tuple(Change(path, answer_now(report, path), changes[path]) for _, path in order_by_question(changes))

    def _size(self, changes: AnswerChanges) -> tuple[int, int, list[tuple[int, str]]]:
        return size_of(changes, self._evaluation.situation.mine)


def _evaluate_changed(evaluation: Evaluation, changes: AnswerChanges) -> Evaluation:
    """Decide about the report with these changes, in the same kind of view."""
    # In a quiet view `mine` lacks the private answers, so the full report is changed and read quietly again.
    situation = evaluation.situation
    is_quiet = situation.full_report is not None
    after = apply_changes(situation.full_report or situation.mine, changes)
    return evaluate_for_explanation(
        situation.compiled, after, situation.other, situation.limit, situation.past, quiet=is_quiet
    )
