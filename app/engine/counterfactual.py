"""The least that the viewer could decide otherwise for a target to be suggested.

Changes are not tried blindly: they are read from the limits that fail, from the wishes that rules about the practice
ask for, and from the likings that place an activity among its like. What is found is decided again before it is given.
Only what a person can decide is varied, and only upwards: more time, more room, more liking. A veto stays a veto.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import ceil, floor
from typing import Any, Literal, NamedTuple, cast, get_args

from app.engine.activity_index import UNKNOWN_MINUTES
from app.engine.bitset import Mask, positions
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask, paths_of
from app.engine.conditions import Linear, leaves, whole
from app.engine.evaluate import make_offer, put_aside
from app.engine.fit import COUNTS_FROM
from app.engine.history import NO_HISTORY, History
from app.engine.ruleset import Finding
from app.engine.selection import AFFECTION, Offer, pick_activities
from app.engine.self_report import (
    ActivityPreferences,
    Budget,
    Busyness,
    Circumstances,
    ComfortZone,
    Liking,
    Novelty,
    SelfReport,
    TimeTogether,
    poolable,
)
from app.engine.unmet_constraints import AnswerValue, UnmetConstraint, find_unmet_constraints
from app.engine.verdicts import Gate, Reading, Situation, gate, situation_of

TargetStatus = Literal["suggested", "withheld", "not_suggested", "outranked"]
Moves = Mapping[str, Any]
"""New values of answers, by path; a kind of activity is the last part of its path."""

MOST_ENTRIES = 3
MOST_CHANGES = 3
SLOT, WEEK = "busyness.longest_slot_minutes", "busyness.minutes_per_week"
LIKES, COUNTS = "activity_preferences.likes", "activity_preferences.counts_as_quality_time"
QUIET = "activity_preferences.quiet_is_welcome"
ZONE, PURPOSE = "novelty.comfort_zone", "novelty.shared_purpose"
BUDGET, DESIRED = "circumstances.budget", "time_together.desired_hours_per_week"
ACTIONABLE = (SLOT, WEEK, BUDGET, ZONE, PURPOSE, DESIRED, LIKES, COUNTS, QUIET)

_REPAIRED_BY = {"longest_slot_minutes": SLOT, "minutes_per_week": WEEK, "budget": BUDGET, "comfort_zone": ZONE}
_LADDERS: Mapping[str, tuple[str, ...]] = {
    BUDGET: get_args(Budget),
    ZONE: get_args(ComfortZone),
    LIKES: get_args(Liking),
}
_STANDS_IN: Mapping[str, AnswerValue] = {SLOT: UNKNOWN_MINUTES, BUDGET: "low", LIKES: "ok", COUNTS: 3}
"""What an answer that is not there is taken for where it is said how far a change goes."""
_STEP = {SLOT: 15, WEEK: 15}
_GROUPS = {
    "busyness": Busyness,
    "activity_preferences": ActivityPreferences,
    "novelty": Novelty,
    "circumstances": Circumstances,
    "time_together": TimeTogether,
}
_MOST_HOURS = 168
_QUARTERS = 4


class Target(NamedTuple):
    """What is asked about: an activity by its position, else all of these practices."""

    id: str
    kind: Literal["activity", "practice", "strategy"]
    position: int
    practices: tuple[int, ...]


class Change(NamedTuple):
    """One answer of the viewer, as it is and as it would have to be."""

    answer: str
    now: AnswerValue
    to: AnswerValue


class Alternative(NamedTuple):
    """Changes that together lead to what `then` says."""

    changes: tuple[Change, ...]
    then: TargetStatus


class Evaluation(NamedTuple):
    """How everything stands for one report: what a view is made from, before it is put into words."""

    situation: Situation
    gated: Gate
    offer: Offer


def evaluate_for_explanation(
    compiled: CompiledRuleset,
    mine: SelfReport,
    other: Reading | None,
    most: int,
    past: History = NO_HISTORY,
    *,
    quiet: bool = False,
) -> Evaluation:
    """Decide. The viewer is willing and needs no support."""
    situation = situation_of(compiled, mine, other, most, past, quiet=quiet)
    gated = gate(compiled, situation.verdicts)
    return Evaluation(situation, gated, make_offer(situation, gated))


def shown(stand: Evaluation) -> list[tuple[Mask, int]]:
    """The activities that a view shows, in order, each with its practice."""
    return [*pick_activities(stand.situation, stand.offer)] if stand.offer.practices else []


def offered(stand: Evaluation, target: Target) -> Mask:
    """What of the target could be shown: it fits, and rules speak for it."""
    here = 0
    for practice in target.practices:
        here |= stand.offer.eligible[practice]
    return here & 1 << target.position if target.kind == "activity" else here


def is_suggested(stand: Evaluation, target: Target) -> bool:
    """Whether an activity is shown; whether a practice or strategy has something to offer."""
    here = offered(stand, target)
    if target.kind == "activity" or AFFECTION in target.practices:
        return bool(here) and any(bit & here for bit, _ in shown(stand))
    return bool(here)


def would_change(stand: Evaluation, target: Target) -> tuple[Alternative, ...]:
    """The smallest changes that bring about a suggestion; where none does, those that make it fit.

    Affection is never a matter of changing one's answers.
    """
    if AFFECTION in target.practices:
        return ()
    candidates = _for_activity(stand, target) if target.kind == "activity" else _for_practices(stand, target)
    return _Search(stand, target).least(candidates)


def held_by(stand: Evaluation, target: Target) -> RuleMask:
    """The fired rules that withhold the target's practice, or its tone."""
    compiled = stand.situation.compiled
    here = sum(1 << practice for practice in target.practices)
    bit = 1 << target.position if target.kind == "activity" else 0
    held = 0
    for i in positions(stand.gated.withholding):
        if compiled.rules[i].withholds & here or compiled.rules[i].tones & bit:
            held |= 1 << i
    return held


def repairs(stand: Evaluation, position: int, failing: Iterable[UnmetConstraint]) -> Moves | None:
    """The changes of the viewer's own that make an activity fit; None where something else is in the way."""
    moves = {}
    for each in failing:
        path = _REPAIRED_BY.get(each.constraint)
        if path is None:
            return None
        moves[path] = each.needs
    other, bit = stand.situation.other, 1 << position
    if other is None:
        return moves
    suits_other = (other.limits.allowed | ~stand.situation.compiled.index.joint) & ~other.taste.vetoed
    return moves if suits_other & bit else None


def _for_activity(stand: Evaluation, target: Target) -> Iterator[Moves]:
    """What makes it fit; with that, wishes its practice asks for, and likings that would move it up."""
    position, (practice,) = target.position, target.practices
    base = repairs(stand, position, find_unmet_constraints(stand.situation, position))
    wishes = _wishes(stand, practice)
    if base is None or len(base) > MOST_CHANGES or not _may_open(stand, target, wishes):
        return
    after = _changed_stand(stand, base) if base else stand
    tastes = _tastes(stand, position)
    is_past_liking = _is_past_liking(after, target)
    for ways in _combined([*wishes, *tastes], MOST_CHANGES - len(base)):
        if not is_past_liking or not ways or any(way in wishes for way in ways):
            yield _joined((base, *ways))


def _is_past_liking(stand: Evaluation, target: Target) -> bool:
    """Whether liking it more is no use: nothing of its practice is shown, so other practices came first."""
    is_passive = stand.offer.passive >> target.position & 1
    return not is_passive and all(practice not in target.practices for _, practice in shown(stand))


def _is_closed(stand: Evaluation, target: Target) -> bool:
    """Whether it is for rules alone to let it in, whatever fits."""
    return bool(held_by(stand, target)) or not any(stand.gated.needs[practice] for practice in target.practices)


def _may_open(stand: Evaluation, target: Target, wishes: Sequence[Moves]) -> bool:
    """Whether rules let it in, or might with other wishes: a rule that reads none stays as it is."""
    if not _is_closed(stand, target):
        return True
    compiled = stand.situation.compiled
    held = (compiled.rules[i] for i in positions(held_by(stand, target)))
    return bool(wishes) and all(any(i in compiled.wishes for i, _ in rule.reads) for rule in held)


def _for_practices(stand: Evaluation, target: Target) -> Iterator[Moves]:
    """For each practice: what makes one of its activities fit, and the wishes that its rules ask for."""
    for practice in target.practices:
        one = target._replace(kind="practice", practices=(practice,))
        wishes = _wishes(stand, practice) if _is_closed(stand, one) else []
        if not _may_open(stand, one, wishes):
            continue
        for way in _ways_in(stand, practice):
            for ways in _combined(wishes, MOST_CHANGES - len(way)):
                yield _joined((way, *ways))


def _ways_in(stand: Evaluation, practice: int) -> list[Moves]:
    """What makes an activity of this practice fit that may also stand first; nothing at all where one does already."""
    situation, gated = stand.situation, stand.gated
    compiled = situation.compiled
    here = compiled.practice_masks[practice] & ~gated.tones & ~gated.private_tones & ~put_aside(situation)
    if situation.takes_small_steps:
        here &= compiled.index.small_steps
    if here & stand.offer.fitting & ~stand.offer.passive:
        return [{}]
    ways: list[Moves] = []
    for position in positions(here):
        base = repairs(stand, position, find_unmet_constraints(situation, position))
        if base is not None:
            passive = stand.offer.passive >> position & 1
            counts: list[Moves] = _counting(stand, position) if passive else [{}]
            ways += [_joined((base, each)) for each in counts]
    return ways


def _wishes(stand: Evaluation, practice: int) -> list[Moves]:
    """Each wish that a rule about this practice reads, one and more steps up."""
    compiled, report = stand.situation.compiled, stand.situation.mine
    read_here: set[int] = set()
    for rule in compiled.rules:
        if rule.practice == practice or rule.withholds >> practice & 1:
            read_here.update(i for i, _ in rule.reads if i in compiled.wishes)
    moves: list[Moves] = []
    for i in sorted(read_here):
        paths = paths_of(compiled.findings[i])
        if ZONE in paths:
            moves += [{ZONE: level} for level in _LADDERS[ZONE] if _rank(ZONE, level) > _rank_now(report, ZONE)]
        if PURPOSE in paths and answer_now(report, PURPOSE) is not True:
            moves.append({PURPOSE: True})
        if DESIRED in paths:
            moves += [{DESIRED: hours} for hours in _more_hours(stand, i)]
    return moves


def _more_hours(stand: Evaluation, position: int) -> Iterator[float]:
    """The hours at which a finding comes to ask for more than before, fewest first."""
    compiled, report = stand.situation.compiled, stand.situation.mine
    now = answer_now(report, DESIRED)
    code = stand.situation.own.codes[position]
    for quarters in sorted(_turning_points(compiled.findings[position], report)):
        hours = quarters / _QUARTERS
        if (0 if now is None else now) < hours <= _MOST_HOURS:
            reached = compiled.read_pooled(poolable(changed(report, {DESIRED: hours})))[position]
            if reached > code:
                code = reached
                yield hours


def _turning_points(finding: Finding, report: SelfReport) -> set[int]:
    """The quarter hours on both sides of each line that the finding draws through the hours desired."""
    points: set[int] = set()
    for leaf in (leaf for _, condition in finding.tries for leaf in leaves(condition)):
        if isinstance(leaf, Linear) and any(path == DESIRED for _, path in leaf.terms):
            factor = sum(factor for factor, path in leaf.terms if path == DESIRED)
            others = [(factor, path, answer_now(report, path)) for factor, path in leaf.terms if path != DESIRED]
            if all(value is not None for _, _, value in others):
                line = (leaf.constant - sum(times * whole(value, path) for times, path, value in others)) / factor
                points |= {floor(line), floor(line) + 1}
    return points


def _tastes(stand: Evaluation, position: int) -> list[Moves]:
    """Liking it more, as far as the other's liking lets that count, and letting it count as time together.

    Nobody is nudged towards touch.
    """
    situation, bit = stand.situation, 1 << position
    index, other = situation.compiled.index, situation.other
    kinds = index.order[position].kinds
    if "touch" in kinds:
        return []
    capped = {"like": 0, "love": 0}
    if other is not None and index.joint & bit:
        capped = {"like": other.taste.below_like & bit, "love": other.taste.below_love & bit}
    moves: list[Moves] = []
    for level, cap in capped.items():
        raised = {
            path: level
            for path in (f"{LIKES}.{kind}" for kind in kinds)
            if _rank_now(situation.mine, path) < _rank(path, level)
        }
        if raised and not cap:
            moves.append(raised)
    return moves + _counting(stand, position)


def _counting(stand: Evaluation, position: int) -> list[Moves]:
    """What lets it count as time together, where the other does not stand in the way."""
    situation, bit = stand.situation, 1 << position
    index, own, other = situation.compiled.index, situation.own.taste, situation.other
    kinds = [kind for kind in index.order[position].kinds if kind != "touch"]
    moves: list[Moves] = []
    if not own.counted & bit and (other is None or other.taste.counted & bit):
        moves += [{f"{COUNTS}.{kind}": COUNTS_FROM} for kind in kinds]
    is_quiet = index.by_kind["quiet"] & index.parallel & bit
    if is_quiet and not own.welcomes_quiet and (other is None or other.taste.welcomes_quiet):
        moves.append({QUIET: True})
    return moves


class _Search:
    """Decides candidates anew, each once, and keeps the smallest that do."""

    def __init__(self, stand: Evaluation, target: Target) -> None:
        self._stand = stand
        self._target = target
        self._known: dict[frozenset[tuple[str, Any]], TargetStatus | None] = {}
        self._was_offered = bool(offered(stand, target))

    def least(self, candidates: Iterable[Moves]) -> tuple[Alternative, ...]:
        unique = {frozenset(each.items()): each for each in candidates if 0 < len(each) <= MOST_CHANGES}
        in_order = sorted(unique.values(), key=self._size)
        wanted: TargetStatus
        for wanted in ("suggested", "outranked"):
            found: list[Moves] = []
            for moves in in_order:
                if found and (len(moves) > len(found[0]) or len(found) == MOST_ENTRIES):
                    break
                if not any(_is_within(each, moves) for each in found) and self._leads_to(moves) == wanted:
                    least = self._shrunk(moves, wanted)
                    found = [*(each for each in found if not _is_within(least, each)), least]
            if found:
                found.sort(key=self._size)
                return tuple(Alternative(self._changes(moves), wanted) for moves in found)
        return ()

    def _leads_to(self, moves: Moves) -> TargetStatus | None:
        """What the changed report gives; what was cut before and is cut again is nothing new."""
        key = frozenset(moves.items())
        if key not in self._known:
            then = _changed_stand(self._stand, moves)
            self._known[key] = (
                "suggested"
                if is_suggested(then, self._target)
                else "outranked"
                if not self._was_offered and offered(then, self._target)
                else None
            )
        return self._known[key]

    def _shrunk(self, moves: Moves, wanted: TargetStatus) -> Moves:
        """Without any change, and any step of one, that it does not need."""
        for fewer in _smaller(moves, self._stand.situation.mine):
            if self._leads_to(fewer) == wanted:
                return self._shrunk(fewer, wanted)
        return moves

    def _changes(self, moves: Moves) -> tuple[Change, ...]:
        report = self._stand.situation.mine
        in_order = sorted(moves, key=lambda path: (ACTIONABLE.index(_answer_of(path)), path))
        return tuple(Change(path, answer_now(report, path), moves[path]) for path in in_order)

    def _size(self, moves: Moves) -> tuple[int, int, list[tuple[int, str]]]:
        """Fewest changes, then fewest steps, then the order of the questions."""
        report = self._stand.situation.mine
        steps = sum(_steps(report, path, to) for path, to in moves.items())
        return len(moves), steps, sorted((ACTIONABLE.index(_answer_of(path)), path) for path in moves)


def _smaller(moves: Moves, report: SelfReport) -> Iterator[Moves]:
    for count in range(1, len(moves)):
        for kept in combinations(moves, count):
            yield {path: moves[path] for path in kept}
    for path, to in moves.items():
        ladder = _LADDERS.get(_answer_of(path), ())
        for level in ladder[: _rank(path, to) if ladder else 0]:
            if _rank(path, level) > _rank_now(report, path):
                yield {**moves, path: level}


def _combined(moves: Sequence[Moves], room: int) -> Iterator[tuple[Moves, ...]]:
    """Up to so many of them, none included."""
    for count in range(room + 1):
        yield from combinations(moves, count)


def _joined(parts: Iterable[Moves]) -> Moves:
    """All of them at once; where two move the same answer, the further one counts."""
    joined: dict[str, Any] = {}
    for part in parts:
        for path, to in part.items():
            if path not in joined or _rank(path, to) > _rank(path, joined[path]):
                joined[path] = to
    return joined


def _is_within(smaller: Moves, larger: Moves) -> bool:
    return all(path in larger and _rank(path, to) <= _rank(path, larger[path]) for path, to in smaller.items())


def _steps(report: SelfReport, path: str, to: AnswerValue) -> int:
    """How far a change goes: levels, started quarters of an hour, started hours."""
    further: float = _rank(path, to) - _rank_now(report, path)
    return ceil(further / _STEP.get(path, 1))


def _rank(path: str, value: Any) -> Any:
    ladder = _LADDERS.get(_answer_of(path))
    return ladder.index(value) if ladder else value


def _rank_now(report: SelfReport, path: str) -> Any:
    now = answer_now(report, path)
    if now is None:
        now = _STANDS_IN.get(_answer_of(path))
    if now is not None:
        return _rank(path, now)
    if path == DESIRED:
        return answer_now(report, "time_together.hours_per_week") or 0
    return -1 if path == ZONE else 0


def _answer_of(path: str) -> str:
    """The answer that a path leads into: a map of kinds is one answer."""
    return ".".join(path.split(".")[:2])


def answer_now(report: SelfReport, path: str) -> Any:
    """One answer by its path, which may lead to a single kind of activity."""
    group, name, *kind = path.split(".")
    answers = getattr(report, group)
    held = None if answers is None else getattr(answers, name)
    return (held or {}).get(kind[0]) if kind else held


def _changed_stand(stand: Evaluation, moves: Moves) -> Evaluation:
    """In a quiet view the whole report is changed, and then read quietly."""
    situation = stand.situation
    is_quiet = situation.full_report is not None
    after = changed(situation.full_report or situation.mine, moves)
    return evaluate_for_explanation(
        situation.compiled, after, situation.other, situation.limit, situation.past, quiet=is_quiet
    )


def changed(report: SelfReport, moves: Moves) -> SelfReport:
    """The same report with these answers."""
    for path, to in moves.items():
        group, name, *kind = path.split(".")
        answers = getattr(report, group) or cast(Callable[[], Any], _GROUPS[group])()
        value = {**(getattr(answers, name) or {}), kind[0]: to} if kind else to
        report = replace(report, **{group: replace(answers, **{name: value})})
    return report
