"""Random pairs of reports through the engine: what holds of whole lists is looked for here and not proved."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from app.analysis.reports import report_of
from app.analysis.shown import Broken, Shown
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.program import Program, answer_at
from app.engine.ruleset import Activity
from app.engine.self_report import SelfReport, pool
from app.engine.view import View
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS, Answer
from app.rulesets.library import Library

SEED = 20261123
_DENSITIES = (0.05, 0.2, 0.4, 0.7, 0.95)
_HOURS = (0, 0.25, 1, 1.75, 2, 3, 4, 5, 6, 8, 10, 20, 168)
_MINUTES = (5, 9, 10, 15, 20, 30, 31, 45, 60, 61, 90, 120, 240, 600, 1200)
_MOST_OF_ONE = 2
_COUNTS_FROM = 4
REQUIRED = ("time_together.hours_per_week", "conflict.level", "busyness.level", "activity_preferences.likes")


@dataclass(frozen=True, slots=True)
class Seen:
    """One view with the reports behind it."""

    program: Program
    mine: SelfReport
    theirs: SelfReport | None
    view: View

    @property
    def activities(self) -> list[Activity]:
        return [self.program.catalogue.order[suggestion.position] for suggestion in self.view.activities]


def run(library: Library, pairs: int) -> Shown:
    """So many random pairs; every third one has nobody else to be heard. The same pairs in every run."""
    random, broken = Random(SEED), []  # noqa: S311  the same reports again is what is wanted
    for number in range(pairs):
        mine, theirs = random_answers(random), random_answers(random)
        a, b = report_of(mine), report_of(theirs)
        said = list(_wrong(library.program, a, b if number % 3 else None, random.choice((1, 3, 5, 8))))
        broken += [Broken(each, (("a", mine), ("b", theirs if number % 3 else {}))) for each in said]
        if broken:
            break
    return Shown(tuple(broken), 0, pairs)


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


def _wrong(program: Program, a: SelfReport, b: SelfReport | None, most: int) -> Iterator[str]:
    view = evaluate(program, a, None if b is None else pool(b), most)
    seen = Seen(program, a, b, view)
    for holds in _HOLDS:
        if not holds(seen, most):
            yield holds.__name__.replace("_", " ").strip() + ": does not hold"
    if b is not None:
        here, there = evaluate_both(program, a, b, most), evaluate_both(program, b, a, most)
        if [_told(each) for each in here] != [_told(each) for each in reversed(there)]:
            yield "the views do not trade places with the reports"


def _told(view: View) -> tuple[Any, ...]:
    strategies = [(s.strategy, s.rank, s.standing, len(s.reasons)) for s in view.strategies]
    return view.outcome, strategies, [s.position for s in view.activities], view.insights, view.ask_next, view.limits


def _nothing_now_says_why(seen: Seen, _: int) -> bool:
    view = seen.view
    standings = [strategy.standing for strategy in view.strategies]
    if view.outcome == "suggestions":
        return bool(view.activities) and "leading" in standings
    return not view.activities and all(s.withheld_by and s.standing == "not_now" for s in view.strategies)


def _the_first_belongs_to_the_leading_way(seen: Seen, most: int) -> bool:
    """Where one idea is asked for and one is heard, it may be one to do alone, from another way."""
    if seen.theirs is None and most == 1:
        return True
    leading = [s.strategy for s in seen.view.strategies if s.standing == "leading"]
    return [s.strategy for s in seen.view.activities[:1]] == leading


def _nothing_is_offered_twice_or_padded(seen: Seen, most: int) -> bool:
    positions = [suggestion.position for suggestion in seen.view.activities]
    return len(positions) == len(set(positions)) <= most


def _no_practice_crowds_out_the_rest(seen: Seen, _: int) -> bool:
    counted = Counter(a.practice for a in seen.activities if a.practice != "affection")
    return len(counted) <= 1 or max(counted.values()) <= _MOST_OF_ONE


def _two_ways_where_two_are_suggested(seen: Seen, most: int) -> bool:
    suggested = {s.strategy for s in seen.view.strategies if s.standing != "not_now"}
    offered = {s.strategy for s in seen.view.activities} - {None}
    return offered <= suggested and (most == 1 or len(suggested) == 1 or len(offered) != 1)


def _what_is_passive_is_not_first_unless_it_counts(seen: Seen, _: int) -> bool:
    first = next(iter(seen.activities), None)
    if first is None or not first.together or first.interaction != "parallel":
        return True
    heard = [pool(seen.theirs)] if seen.theirs else []
    reports = [seen.mine, *heard]
    rated = [answer_at(report, "activity_preferences.counts_as_quality_time") or {} for report in reports]  # type: ignore[arg-type]
    welcome = all(answer_at(report, "activity_preferences.quiet_is_welcome") for report in reports)  # type: ignore[arg-type]
    counted = all(any(of.get(kind, 0) >= _COUNTS_FROM for kind in first.kinds) for of in rated)
    return counted or ("quiet" in first.kinds and welcome)


def _affection_is_never_first_and_only_where_welcome(seen: Seen, _: int) -> bool:
    practices = [activity.practice for activity in seen.activities]
    if "affection" not in practices:
        return True
    interest = seen.mine.private.affection_interest if seen.mine.private else None
    return practices.index("affection") == len(practices) - 1 > 0 and interest in ("everyday_touch", "open")


def _all_that_is_offered_fits(seen: Seen, _: int) -> bool:
    return all(seen.view.fitting >> suggestion.position & 1 for suggestion in seen.view.activities)


_HOLDS: tuple[Callable[[Seen, int], bool], ...] = (
    _nothing_now_says_why,
    _the_first_belongs_to_the_leading_way,
    _nothing_is_offered_twice_or_padded,
    _no_practice_crowds_out_the_rest,
    _two_ways_where_two_are_suggested,
    _what_is_passive_is_not_first_unless_it_counts,
    _affection_is_never_first_and_only_where_welcome,
    _all_that_is_offered_fits,
)
