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
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS, Answer
from app.rulesets.answer_space import REQUIRED
from app.rulesets.canonical import build, declared_in, read_declared, write
from app.rulesets.library import Library
from app.rulesets.plain_reports import report_of
from verification.shown import Answers, Broken, Shown

SEED = 20261123
PIECE = 2_000
_SAID_EVERY = 50_000
_DENSITIES = (0.05, 0.2, 0.4, 0.7, 0.95)
_HOURS = (0, 0.25, 1, 1.75, 2, 3, 4, 5, 6, 8, 10, 20, 168)
_MINUTES = (5, 9, 10, 15, 20, 30, 31, 45, 60, 61, 90, 120, 240, 600, 1200)
_MOST_OF_ONE = 2
_COUNTS_FROM = 4
_MOST_CHANGES = 3


class Drawn(NamedTuple):
    """One random pair; every third one has nobody else to be heard."""

    mine: Answers
    theirs: Answers | None
    most: int

    def reports(self) -> tuple[tuple[str, Answers], ...]:
        return ("a", self.mine), ("b", self.theirs or {})


class Ground(NamedTuple):
    """What all pairs are held against: the rules, what can be asked about, by kind, and what a person can decide."""

    compiled: CompiledRuleset
    targets: Sequence[Sequence[Target]]
    actionable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One view with the reports behind it."""

    ground: Ground
    drawn: Drawn
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
class Looked:
    """What came of looking at one property: the first pair that breaks it, and how much was looked at."""

    broken: tuple[Broken, ...] = ()
    inputs: int = 0
    details: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Looked") -> None:
        self.broken = self.broken or other.broken
        self.inputs += other.inputs
        self.details += other.details


Look = Callable[[Seen, Counter[str]], Iterator[str]]


def run(
    library: Library,
    pairs: int,
    wanted: Sequence[str],
    workers: int = 1,
    said: Callable[[int, Sequence[str]], object] = lambda _done, _broken: None,
) -> dict[str, Shown]:
    """So many random pairs, held against each of these properties.

    `said` hears now and then how many pairs are done, and which properties are broken so far.
    """
    total = {id_: Looked() for id_ in wanted}
    done = 0
    for size, looked in _pieces(library, pairs, tuple(wanted), workers):
        for id_, of in looked.items():
            total[id_].add(of)
        done += size
        if done // _SAID_EVERY > (done - size) // _SAID_EVERY:
            said(done, [id_ for id_, of in total.items() if of.broken])
    return {id_: _shown(of) for id_, of in total.items()}


def _shown(looked: Looked) -> Shown:
    return Shown(looked.broken, 0, looked.inputs, tuple(f"{n:,} {what}" for what, n in looked.details.items()))


def _pieces(
    library: Library, pairs: int, wanted: tuple[str, ...], workers: int
) -> Iterator[tuple[int, dict[str, Looked]]]:
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


def _look_elsewhere(task: tuple[str, tuple[str, ...], int, int]) -> dict[str, Looked]:
    sealed, wanted, number, size = task
    return look_at(_opened(sealed), wanted, number, size)


def look_at(library: Library, wanted: Sequence[str], number: int, size: int) -> dict[str, Looked]:
    """One piece. A property that is broken in it is not looked at further."""
    random = Random(f"{SEED}:{number}")  # noqa: S311  the same reports again is what is wanted
    looked, ground = {id_: Looked() for id_ in wanted}, _ground(library)
    for at in range(size):
        mine, theirs = random_answers(random), random_answers(random)
        drawn = Drawn(mine, theirs if at % 3 else None, random.choice((1, 3, 5, 8)))
        seen = _see(ground, drawn, Random(f"{SEED}:{number}:{at}"))  # noqa: S311
        for id_, of in looked.items():
            if not of.broken:
                of.inputs += 1
                of.broken = tuple(Broken(said, drawn.reports()) for said in _wrong_with(LOOKS[id_], seen, of.details))
    return looked


def _wrong_with(look: Look, seen: Seen, details: Counter[str]) -> list[str]:
    try:
        return [*look(seen, details)]
    except Exception as error:  # noqa: BLE001  whatever the engine raises, these two reports show it
        return [f"the engine raises {error!r}"]


def _ground(library: Library) -> Ground:
    targets: dict[str, list[Target]] = {}
    for target in targets_of(library.compiled).values():
        targets.setdefault(target.kind, []).append(target)
    return Ground(library.compiled, [*targets.values()], frozenset(q.id for q in library.questions if q.actionable))


def _see(ground: Ground, drawn: Drawn, random: Random) -> Seen:
    mine = report_of(drawn.mine)
    theirs = None if drawn.theirs is None else report_of(drawn.theirs)
    view = evaluate(ground.compiled, mine, None if theirs is None else pool(theirs), drawn.most)
    return Seen(ground, drawn, mine, theirs, view, random)


def random_answers(random: Random) -> dict[str, Any]:
    """From nearly nothing to nearly everything; now and then something is kept private."""
    density, private = random.choice(_DENSITIES), random.choice((0, 0, 0.2, 0.6))
    said: dict[str, Any] = {}
    for path in ANSWERS:
        if path == "keep_private" or path.startswith("safety."):
            continue
        if path in REQUIRED or random.random() < (density if path in POOLED_PATHS else private):
            said[path] = _value(random, path)
    if random.random() < private:
        said["keep_private"] = frozenset(random.sample(sorted(POOLED_PATHS), random.randint(1, 8)))
    return said


def _value(random: Random, path: str) -> Any:
    answer = ANSWERS[path]
    if answer.shape in ("number", "integer"):
        return _number(random, path)
    if answer.shape == "yes_no":
        return random.choice((False, True))
    if answer.shape == "choices":
        return frozenset(random.sample(answer.levels, random.choice((0, 1, 1, 2))))
    if answer.shape in ("map_of_choices", "map_of_scales"):
        rated = random.sample(KINDS, random.choice((0, 1, 3, 9)))
        return {kind: _level(random, answer) for kind in rated}
    return _level(random, answer)


def _number(random: Random, path: str) -> float:
    if ANSWERS[path].shape == "number":
        return random.choice(_HOURS)
    return random.randint(0, 31) if path.endswith("per_month") else random.choice(_MINUTES)


def _level(random: Random, answer: Answer) -> Any:
    level = random.choice(answer.levels)
    return int(level) if answer.shape in ("scale", "map_of_scales") else level


def _trades_places(seen: Seen, details: Counter[str]) -> Iterator[str]:
    """Both views at once and each alone, from either side."""
    if seen.theirs is None:
        return
    details["pairs traded"] += 1
    here = [_told(view) for view in evaluate_both(seen.compiled, seen.mine, seen.theirs, seen.drawn.most)]
    there = [_told(view) for view in evaluate_both(seen.compiled, seen.theirs, seen.mine, seen.drawn.most)]
    if here != there[::-1] or here[0] != _told(seen.view):
        yield "the views do not trade places with the reports"


def _told(view: View) -> tuple[Any, ...]:
    strategies = [(s.strategy, s.rank, s.standing, len(s.reasons)) for s in view.strategies]
    return view.outcome, strategies, [s.position for s in view.activities], view.insights, view.ask_next, view.limits


def _nothing_now_says_why(seen: Seen) -> bool:
    view = seen.view
    standings = [strategy.standing for strategy in view.strategies]
    if view.outcome == "suggestions":
        return bool(view.activities) and "leading" in standings
    return not view.activities and all(s.withheld_by and s.standing == "not_now" for s in view.strategies)


def _the_first_belongs_to_the_leading_way(seen: Seen) -> bool:
    """Where one idea is asked for and one is heard, it may be one to do alone, from another way."""
    if seen.theirs is None and seen.drawn.most == 1:
        return True
    leading = [s.strategy for s in seen.view.strategies if s.standing == "leading"]
    return [s.strategy for s in seen.view.activities[:1]] == leading


def _nothing_is_offered_twice_or_padded(seen: Seen) -> bool:
    positions = [suggestion.position for suggestion in seen.view.activities]
    return len(positions) == len(set(positions)) <= seen.drawn.most


def _no_practice_crowds_out_the_rest(seen: Seen) -> bool:
    counted = Counter(a.practice for a in seen.activities if a.practice != "affection")
    return len(counted) <= 1 or max(counted.values()) <= _MOST_OF_ONE


def _two_ways_where_two_are_suggested(seen: Seen) -> bool:
    suggested = {s.strategy for s in seen.view.strategies if s.standing != "not_now"}
    offered = {s.strategy for s in seen.view.activities} - {None}
    return offered <= suggested and (seen.drawn.most == 1 or len(suggested) == 1 or len(offered) != 1)


def _what_is_passive_is_not_first_unless_it_counts(seen: Seen) -> bool:
    first = next(iter(seen.activities), None)
    if first is None or not first.together or first.interaction != "parallel":
        return True
    heard = [pool(seen.theirs)] if seen.theirs else []
    reports = [seen.mine, *heard]
    rated = [answer_at(report, "activity_preferences.counts_as_quality_time") or {} for report in reports]  # type: ignore[arg-type]
    welcome = all(answer_at(report, "activity_preferences.quiet_is_welcome") for report in reports)  # type: ignore[arg-type]
    counted = all(any(of.get(kind, 0) >= _COUNTS_FROM for kind in first.kinds) for of in rated)
    return counted or ("quiet" in first.kinds and welcome)


def _affection_is_never_first_and_only_where_welcome(seen: Seen) -> bool:
    practices = [activity.practice for activity in seen.activities]
    if "affection" not in practices:
        return True
    interest = seen.mine.private.affection_interest if seen.mine.private else None
    return practices.index("affection") == len(practices) - 1 > 0 and interest in ("everyday_touch", "open")


def _all_that_is_offered_fits(seen: Seen) -> bool:
    return all(seen.view.fitting >> suggestion.position & 1 for suggestion in seen.view.activities)


def _all(*claims: Callable[[Seen], bool]) -> Look:
    def look(seen: Seen, _: Counter[str]) -> Iterator[str]:
        for holds in claims:
            if not holds(seen):
                yield holds.__name__.replace("_", " ").strip() + ": does not hold"

    return look


# What would change a page. It is tried by other ways than those by which the engine found it.


def _changes_do_what_they_say(seen: Seen, details: Counter[str]) -> Iterator[str]:
    """For one random activity, practice or way: each entry is answered anew, and so is each part of it."""
    target = seen.random.choice(seen.random.choice(seen.ground.targets))
    details["explanations"] += 1
    for entry in explain(seen.compiled, seen.mine, seen.pooled, target, seen.drawn.most).would_change:
        details["changes answered anew"] += 1
        yield from (f"{target.id}, {_said(entry.changes)}: {wrong}" for wrong in _wrong(seen, target, entry))


def _said(changes: Sequence[Change]) -> str:
    return " and ".join(f"{change.answer} {change.now} to {change.to}" for change in changes)


def _wrong(seen: Seen, target: Target, entry: Alternative) -> Iterator[str]:
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


def _is_for_the_viewer_to_decide(seen: Seen, change: Change) -> bool:
    """An answer that is pooled and one can decide about; a veto stays a veto, and nobody is nudged towards touch."""
    group, name, *kind = change.answer.split(".")
    path = f"{group}.{name}"
    return path in seen.ground.actionable and path in POOLED_PATHS and change.now != "avoid" and kind != ["touch"]


def _now(answers: Answers, path: str) -> Any:
    group, name, *kind = path.split(".")
    held = answers.get(f"{group}.{name}")
    return (held or {}).get(kind[0]) if kind else held


def _stand(seen: Seen, target: Target, changes: Sequence[Change]) -> TargetStatus:
    """Where it stands once the answers are so: read from the page where the page shows it."""
    answers = {**seen.drawn.mine}
    for change in changes:
        group, name, *kind = change.answer.split(".")
        path = f"{group}.{name}"
        answers[path] = {**answers.get(path, {}), kind[0]: change.to} if kind else change.to
    report = report_of(answers)
    view = evaluate(seen.compiled, report, seen.pooled, seen.drawn.most)
    status = explain(seen.compiled, report, seen.pooled, target, seen.drawn.most).status
    on_page = {
        "activity": target.position in [suggestion.position for suggestion in view.activities],
        "strategy": any(way.strategy == target.id and way.standing != "not_now" for way in view.strategies),
        "practice": status == "suggested",
    }[target.kind]
    return "suggested" if on_page else "withheld" if status == "suggested" else status


# A screen that another may see.


def _the_quiet_page_tells_nothing(seen: Seen, details: Counter[str]) -> Iterator[str]:
    """One who needs support and one who does not want to now: the same page, and the same said of whatever is asked."""
    answers = {path: value for path, value in seen.drawn.mine.items() if path != _WILLING}
    another = seen.random.choice(tuple(_ALARMING))
    alarming, level = seen.random.choice(tuple(_ALARMING.items()))
    said = {another: seen.random.choice(ANSWERS[another].levels), alarming: level}
    in_need, unwilling = report_of(answers | said), report_of(answers | {_WILLING: "no"})
    compiled, other, most = seen.compiled, seen.pooled, seen.drawn.most
    target = seen.random.choice(seen.random.choice(seen.ground.targets))
    details["things asked about"] += 1
    if evaluate(compiled, in_need, other, most, quiet=True) != evaluate(compiled, unwilling, other, most, quiet=True):
        yield f"the quiet page tells of {', '.join(sorted(said))}"
    why, why_else = (explain(compiled, report, other, target, most, quiet=True) for report in (in_need, unwilling))
    if why != why_else:
        yield f"what is said of {target.id} tells of {', '.join(sorted(said))}"


_WILLING = "private.willingness"
_ALARMING: Mapping[str, str] = {
    path: "often" if path == "safety.humiliated" else "yes" for path in ANSWERS if path.startswith("safety.")
}
"""By each safety answer, the level that asks for help."""


LOOKS: Mapping[str, Look] = {
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
