"""Random pairs of reports through the engine: what holds of whole lists is looked for here and not proved.

The pairs come in pieces, each drawn from its own seed: the same pairs in every run, by however many processes.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from multiprocessing import get_context
from random import Random
from typing import Any, NamedTuple

from app.engine.answer_changes import Change
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import Alternative, Target, TargetStatus
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.explain import explain, targets_of
from app.engine.ruleset import Activity
from app.engine.self_report import PooledReport, SelfReport, answer_at, pool
from app.engine.view import View
from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from app.rulesets.canonical import build, declared_in, read_declared, write
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from verification.counterexamples import MeansResult, Violation
from verification.random_answers import random_answers

SEED = 20261123
PIECE = 2_000
_SAID_EVERY = 50_000
_MOST_OF_ONE = 2
_COUNTS_FROM = 4
_MOST_CHANGES = 3


class RandomPair(NamedTuple):
    """A random pair of reports; every third one has nobody else to be heard."""

    mine: Answers
    theirs: Answers | None
    limit: int

    def reports(self) -> tuple[tuple[str, Answers], ...]:
        return ("a", self.mine), ("b", self.theirs or {})


class TrialContext(NamedTuple):
    """The fixed part of all trials: the rules, what can be asked about, by kind, and what a person can decide."""

    compiled: CompiledRuleset
    targets: Sequence[Sequence[Target]]
    actionable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """A view with the reports behind it."""

    ground: TrialContext
    drawn: RandomPair
    mine: SelfReport
    theirs: SelfReport | None
    view: View
    random: Random

    @property
    def compiled(self) -> CompiledRuleset:
        return self.ground.compiled

    @property
    def pooled(self) -> PooledReport | None:
        return None if self.theirs is None else pool(self.theirs)

    @property
    def activities(self) -> list[Activity]:
        return [self.compiled.index.order[suggestion.position] for suggestion in self.view.activities]


@dataclass(slots=True)
class TrialResult:
    """The result of the trials of one property: the first pair that breaks it, and how much was tried."""

    broken: tuple[Violation, ...] = ()
    inputs: int = 0
    details: Counter[str] = field(default_factory=Counter)

    def add(self, other: "TrialResult") -> None:
        self.broken = self.broken or other.broken
        self.inputs += other.inputs
        self.details += other.details


TrialCheck = Callable[[Trial, Counter[str]], Iterator[str]]


def run(
    library: Library,
    pairs: int,
    wanted: Sequence[str],
    workers: int = 1,
    report: Callable[[int, Sequence[str]], object] = lambda _done, _broken: None,
) -> dict[str, MeansResult]:
    """Return the results of so many random pairs, held against each of these properties.

    `report` hears now and then how many pairs are done, and which properties are broken so far.
    """
    total = {id_: TrialResult() for id_ in wanted}
    done = 0
    for size, looked in _pieces(library, pairs, tuple(wanted), workers):
        for id_, of in looked.items():
            total[id_].add(of)
        done += size
        if done // _SAID_EVERY > (done - size) // _SAID_EVERY:
            report(done, [id_ for id_, of in total.items() if of.broken])
    return {id_: _shown(of) for id_, of in total.items()}


def _shown(looked: TrialResult) -> MeansResult:
    return MeansResult(looked.broken, 0, looked.inputs, tuple(f"{n:,} {name}" for name, n in looked.details.items()))


def _pieces(
    library: Library, pairs: int, wanted: tuple[str, ...], workers: int
) -> Iterator[tuple[int, dict[str, TrialResult]]]:
    sizes = [min(PIECE, pairs - start) for start in range(0, pairs, PIECE)]
    if workers == 1:
        yield from ((size, look_at(library, wanted, number, size)) for number, size in enumerate(sizes))
        return
    sealed = json.dumps(write(declared_in(library)))
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool_:
        tasks = [(sealed, wanted, number, size) for number, size in enumerate(sizes)]
        yield from zip(sizes, pool_.map(_look_elsewhere, tasks), strict=True)


@lru_cache(maxsize=1)
def _opened(sealed: str) -> Library:
    """The ruleset in another process, made once there."""
    return build(read_declared(json.loads(sealed)), "", None, {})


def _look_elsewhere(task: tuple[str, tuple[str, ...], int, int]) -> dict[str, TrialResult]:
    sealed, wanted, number, size = task
    return look_at(_opened(sealed), wanted, number, size)


def look_at(library: Library, wanted: Sequence[str], number: int, size: int) -> dict[str, TrialResult]:
    """Try one piece. A property that is broken in it is not tried further."""
    random = Random(f"{SEED}:{number}")  # noqa: S311  the same reports again is what is wanted
    looked, ground = {id_: TrialResult() for id_ in wanted}, _ground(library)
    for at in range(size):
        mine, theirs = random_answers(random), random_answers(random)
        drawn = RandomPair(mine, theirs if at % 3 else None, random.choice((1, 3, 5, 8)))
        seen = _see(ground, drawn, Random(f"{SEED}:{number}:{at}"))  # noqa: S311
        for id_, of in looked.items():
            if not of.broken:
                of.inputs += 1
                of.broken = tuple(
                    Violation(reason, drawn.reports()) for reason in _wrong_with(LOOKS[id_], seen, of.details)
                )
    return looked


def _wrong_with(look: TrialCheck, seen: Trial, details: Counter[str]) -> list[str]:
    try:
        return [*look(seen, details)]
    except Exception as error:  # noqa: BLE001  whatever the engine raises, these two reports show it
        return [f"the engine raises {error!r}"]


def _ground(library: Library) -> TrialContext:
    targets: dict[str, list[Target]] = {}
    for target in targets_of(library.compiled).values():
        targets.setdefault(target.kind, []).append(target)
    return TrialContext(
        library.compiled, [*targets.values()], frozenset(q.id for q in library.questions if q.actionable)
    )


def _see(ground: TrialContext, drawn: RandomPair, random: Random) -> Trial:
    mine = report_of(drawn.mine)
    theirs = None if drawn.theirs is None else report_of(drawn.theirs)
    view = evaluate(ground.compiled, mine, None if theirs is None else pool(theirs), drawn.limit)
    return Trial(ground, drawn, mine, theirs, view, random)


def _trades_places(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Both views at once and each alone, from either side."""
    if seen.theirs is None:
        return
    details["pairs traded"] += 1
    here = [_told(view) for view in evaluate_both(seen.compiled, seen.mine, seen.theirs, seen.drawn.limit)]
    there = [_told(view) for view in evaluate_both(seen.compiled, seen.theirs, seen.mine, seen.drawn.limit)]
    if here != there[::-1] or here[0] != _told(seen.view):
        yield "the views do not trade places with the reports"


def _told(view: View) -> tuple[Any, ...]:
    strategies = [(s.strategy, s.rank, s.standing, len(s.reasons)) for s in view.strategies]
    return view.outcome, strategies, [s.position for s in view.activities], view.insights, view.ask_next, view.limits


def _nothing_now_says_why(seen: Trial) -> bool:
    view = seen.view
    standings = [strategy.standing for strategy in view.strategies]
    if view.outcome == "suggestions":
        return bool(view.activities) and "leading" in standings
    return not view.activities and all(s.withheld_by and s.standing == "not_now" for s in view.strategies)


def _the_first_belongs_to_the_leading_way(seen: Trial) -> bool:
    """Pass over one idea for one who is heard alone: it may be one to do alone, from another strategy."""
    if seen.theirs is None and seen.drawn.limit == 1:
        return True
    leading = [s.strategy for s in seen.view.strategies if s.standing == "leading"]
    return [s.strategy for s in seen.view.activities[:1]] == leading


def _nothing_is_offered_twice_or_padded(seen: Trial) -> bool:
    positions = [suggestion.position for suggestion in seen.view.activities]
    return len(positions) == len(set(positions)) <= seen.drawn.limit


def _no_practice_crowds_out_the_rest(seen: Trial) -> bool:
    counted = Counter(a.practice for a in seen.activities if a.practice != "affection")
    return len(counted) <= 1 or max(counted.values()) <= _MOST_OF_ONE


def _two_ways_where_two_are_suggested(seen: Trial) -> bool:
    suggested = {s.strategy for s in seen.view.strategies if s.standing != "not_now"}
    offered = {s.strategy for s in seen.view.activities} - {None}
    return offered <= suggested and (seen.drawn.limit == 1 or len(suggested) == 1 or len(offered) != 1)


def _what_is_passive_is_not_first_unless_it_counts(seen: Trial) -> bool:
    first = next(iter(seen.activities), None)
    if first is None or not first.together or first.interaction != "parallel":
        return True
    heard = [pool(seen.theirs)] if seen.theirs else []
    reports = [seen.mine, *heard]
    rated = [answer_at(report, "activity_preferences.counts_as_quality_time") or {} for report in reports]  # type: ignore[arg-type]
    welcome = all(answer_at(report, "activity_preferences.quiet_is_welcome") for report in reports)  # type: ignore[arg-type]
    counted = all(any(of.get(kind, 0) >= _COUNTS_FROM for kind in first.kinds) for of in rated)
    return counted or ("quiet" in first.kinds and welcome)


def _affection_is_never_first_and_only_where_welcome(seen: Trial) -> bool:
    practices = [activity.practice for activity in seen.activities]
    if "affection" not in practices:
        return True
    interest = seen.mine.private.affection_interest if seen.mine.private else None
    return practices.index("affection") == len(practices) - 1 > 0 and interest in ("everyday_touch", "open")


def _all_that_is_offered_fits(seen: Trial) -> bool:
    return all(seen.view.fitting >> suggestion.position & 1 for suggestion in seen.view.activities)


def _all(*claims: Callable[[Trial], bool]) -> TrialCheck:
    def look(seen: Trial, _: Counter[str]) -> Iterator[str]:
        for holds in claims:
            if not holds(seen):
                yield holds.__name__.replace("_", " ").strip() + ": does not hold"

    return look


# What would change a page. It is tried by other ways than those by which the engine found it.


def _changes_do_what_they_say(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Answer each alternative anew, and each part of it, for one random activity, practice or strategy."""
    target = seen.random.choice(seen.random.choice(seen.ground.targets))
    details["explanations"] += 1
    for entry in explain(seen.compiled, seen.mine, seen.pooled, target, seen.drawn.limit).would_change:
        details["changes answered anew"] += 1
        yield from (f"{target.id}, {_said(entry.changes)}: {wrong}" for wrong in _wrong(seen, target, entry))


def _said(changes: Sequence[Change]) -> str:
    return " and ".join(f"{change.answer} {change.now} to {change.to}" for change in changes)


def _wrong(seen: Trial, target: Target, entry: Alternative) -> Iterator[str]:
    if not 0 < len(entry.changes) <= _MOST_CHANGES:
        yield "not one to three changes"
    for change in entry.changes:
        if not _is_for_the_viewer_to_decide(seen, change):
            yield f"{change.answer} is not for the viewer to decide"
        if _now(seen.drawn.mine, change.answer) != change.now:
            yield f"{change.answer} is not what is said to be now"
    stands = _stand(seen, target, entry.changes)
    if stands != entry.then:
        yield f"leads to {stands} and not to {entry.then}"
    for count in range(1, len(entry.changes)):
        for part in combinations(entry.changes, count):
            if _STANDINGS.index(_stand(seen, target, part)) >= _STANDINGS.index(entry.then):
                yield f"{_said(part)} would be enough"


_STANDINGS: tuple[TargetStatus, ...] = ("withheld", "not_suggested", "outranked", "suggested")


def _is_for_the_viewer_to_decide(seen: Trial, change: Change) -> bool:
    """An answer that is pooled and one can decide about; a veto stays a veto, and nobody is nudged towards touch."""
    group, name, *kind = change.answer.split(".")
    path = f"{group}.{name}"
    return path in seen.ground.actionable and path in POOLED_PATHS and change.now != "avoid" and kind != ["touch"]


def _now(answers: Answers, path: str) -> Any:
    group, name, *kind = path.split(".")
    value = answers.get(f"{group}.{name}")
    return (value or {}).get(kind[0]) if kind else value


def _stand(seen: Trial, target: Target, changes: Sequence[Change]) -> TargetStatus:
    """Return the status once the answers are so: read from the page where the page shows it."""
    answers = {**seen.drawn.mine}
    for change in changes:
        group, name, *kind = change.answer.split(".")
        path = f"{group}.{name}"
        answers[path] = {**answers.get(path, {}), kind[0]: change.to} if kind else change.to
    report = report_of(answers)
    view = evaluate(seen.compiled, report, seen.pooled, seen.drawn.limit)
    status = explain(seen.compiled, report, seen.pooled, target, seen.drawn.limit).status
    on_page = {
        "activity": target.position in [suggestion.position for suggestion in view.activities],
        "strategy": any(way.strategy == target.id and way.standing != "not_now" for way in view.strategies),
        "practice": status == "suggested",
    }[target.kind]
    return "suggested" if on_page else "withheld" if status == "suggested" else status


# A screen that another may see.


def _the_quiet_page_tells_nothing(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Compare one who needs support with one who does not want to now: the same page, and the same explanations."""
    answers = {path: value for path, value in seen.drawn.mine.items() if path != _WILLING}
    another = seen.random.choice(tuple(_ALARMING))
    alarming, level = seen.random.choice(tuple(_ALARMING.items()))
    answered = {another: seen.random.choice(ANSWERS[another].levels), alarming: level}
    in_need, unwilling = report_of(answers | answered), report_of(answers | {_WILLING: "no"})
    compiled, other, limit = seen.compiled, seen.pooled, seen.drawn.limit
    target = seen.random.choice(seen.random.choice(seen.ground.targets))
    details["things asked about"] += 1
    if evaluate(compiled, in_need, other, limit, quiet=True) != evaluate(compiled, unwilling, other, limit, quiet=True):
        yield f"the quiet page tells of {', '.join(sorted(answered))}"
    why, why_else = (explain(compiled, report, other, target, limit, quiet=True) for report in (in_need, unwilling))
    if why != why_else:
        yield f"what is said of {target.id} tells of {', '.join(sorted(answered))}"


_WILLING = "private.willingness"
_ALARMING: Mapping[str, str] = {
    path: "often" if path == "safety.humiliated" else "yes" for path in ANSWERS if path.startswith("safety.")
}
"""By each safety answer, the level that asks for help."""


LOOKS: Mapping[str, TrialCheck] = {
    "an-empty-list-says-why": _all(_nothing_now_says_why),
    "both-see-the-same-shared-facts": _trades_places,
    "the-list-is-fair": _all(
        _the_first_belongs_to_the_leading_way,
        _nothing_is_offered_twice_or_padded,
        _no_practice_crowds_out_the_rest,
        _two_ways_where_two_are_suggested,
        _what_is_passive_is_not_first_unless_it_counts,
        _affection_is_never_first_and_only_where_welcome,
        _all_that_is_offered_fits,
    ),
    "a-change-does-what-it-says": _changes_do_what_they_say,
    "the-quiet-page-tells-nothing": _the_quiet_page_tells_nothing,
}
"""How each property that is shown by random pairs is looked at."""
