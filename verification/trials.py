"""Trials: random pairs of reports with what the engine makes of them, for whoever looks for what is wrong."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import Target
from app.engine.evaluate import evaluate
from app.engine.explain import targets_of
from app.engine.history import Moment
from app.engine.narrowing import Stands, narrow
from app.engine.ruleset import Activity
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, agree, pool
from app.engine.view import View
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from verification.judged import Judged, judge


class RandomPair(NamedTuple):
    """A random pair of reports at a random moment; every third one has nobody else to be heard."""

    mine: Answers
    theirs: Answers | None
    moment: Moment

    def reports(self) -> tuple[tuple[str, Answers], ...]:
        return ("a", self.mine), ("b", self.theirs or {})


class TrialContext(NamedTuple):
    """The fixed part of all trials: the rules, what can be asked about, by kind, and what a person can decide."""

    compiled: CompiledRuleset
    targets: Sequence[Sequence[Target]]
    actionable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """A view with the reports behind it, and how it came about."""

    ground: TrialContext
    drawn: RandomPair
    mine: SelfReport
    theirs: SelfReport | None
    judged: Judged
    stands: Stands
    view: View
    random: Random

    @property
    def compiled(self) -> CompiledRuleset:
        return self.ground.compiled

    @property
    def moment(self) -> Moment:
        return self.drawn.moment

    @property
    def pooled(self) -> PooledReport | None:
        return None if self.theirs is None else pool(self.theirs)

    @property
    def agreed(self) -> Agreed:
        return agree(self.mine.mutual, self.theirs.mutual if self.theirs else None)

    @property
    def activities(self) -> list[Activity]:
        return [self.compiled.index.order[suggestion.position] for suggestion in self.view.activities]

    def see(self, mine: SelfReport, *, quiet: bool = False) -> View:
        """Return the view of another report in place of the one that was drawn."""
        return evaluate(self.compiled, mine, self.pooled, self.agreed, self.moment, quiet=quiet)


def ground_of(library: Library) -> TrialContext:
    """Return the fixed part of all trials of one library."""
    targets: dict[str, list[Target]] = {}
    for target in targets_of(library.compiled).values():
        targets.setdefault(target.kind, []).append(target)
    return TrialContext(
        library.compiled, [*targets.values()], frozenset(q.id for q in library.questions if q.actionable)
    )


def see(ground: TrialContext, drawn: RandomPair, random: Random) -> Trial:
    """Let the engine decide a random pair."""
    mine = report_of(drawn.mine)
    theirs = None if drawn.theirs is None else report_of(drawn.theirs)
    judged = judge(ground.compiled, mine, theirs, drawn.moment)
    stands = narrow(judged.offer, judged.reader.width, judged.reader.allowed, judged.reader.leading)
    other, agreed = (pool(theirs), agree(mine.mutual, theirs.mutual)) if theirs else (None, NO_AGREEMENT)
    view = evaluate(ground.compiled, mine, other, agreed, drawn.moment)
    return Trial(ground, drawn, mine, theirs, judged, stands, view, random)


TrialCheck = Callable[[Trial, Counter[str]], Iterator[str]]
"""From a trial, and what is counted besides, to what is wrong with it, in words."""


def all_of(*claims: Callable[[Trial], bool]) -> TrialCheck:
    """Return a check of several claims, each named by its function."""

    def look(seen: Trial, _: Counter[str]) -> Iterator[str]:
        for holds in claims:
            if not holds(seen):
                yield holds.__name__.replace("_", " ").strip() + ": does not hold"

    return look
