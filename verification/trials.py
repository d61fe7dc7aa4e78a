"""Trials: random pairs of reports with what the engine makes of them, for whoever looks for what is wrong."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import NamedTuple

from app.engine.choosing import Stands
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import Target
from app.engine.evaluate import evaluate
from app.engine.explain import targets_of
from app.engine.history import Moment
from app.engine.ruleset import Activity
from app.engine.self_report import Agreed, PooledReport, SelfReport, agree, pool
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


@dataclass(frozen=True)
class Trial:
    """A random pair, and what the engine makes of it; `random` is for what a check draws besides."""

    ground: TrialContext
    drawn: RandomPair
    random: Random

    @property
    def compiled(self) -> CompiledRuleset:
        return self.ground.compiled

    @property
    def moment(self) -> Moment:
        return self.drawn.moment

    @cached_property
    def mine(self) -> SelfReport:
        return report_of(self.drawn.mine)

    @cached_property
    def theirs(self) -> SelfReport | None:
        return None if self.drawn.theirs is None else report_of(self.drawn.theirs)

    @property
    def pooled(self) -> PooledReport | None:
        return None if self.theirs is None else pool(self.theirs)

    @property
    def agreed(self) -> Agreed:
        return agree(self.mine.mutual, self.theirs.mutual if self.theirs else None)

    @cached_property
    def judged(self) -> Judged:
        return judge(self.compiled, self.mine, self.theirs, self.moment)

    @cached_property
    def stands(self) -> Stands:
        return self.judged.narrow()

    @cached_property
    def view(self) -> View:
        return self.see(self.mine)

    @property
    def activities(self) -> list[Activity]:
        return [self.compiled.index.order[suggestion.position] for suggestion in self.view.activities]

    def see(self, mine: SelfReport, *, quiet: bool = False) -> View:
        """Return the view of a report in place of the one that was drawn."""
        return evaluate(self.compiled, mine, self.pooled, self.agreed, self.moment, quiet=quiet)


def ground_of(library: Library) -> TrialContext:
    """Return the fixed part of all trials of one library."""
    targets: dict[str, list[Target]] = {}
    for target in targets_of(library.compiled).values():
        targets.setdefault(target.kind, []).append(target)
    return TrialContext(
        library.compiled, [*targets.values()], frozenset(q.id for q in library.questions if q.actionable)
    )


TrialCheck = Callable[[Trial, Counter[str]], Iterator[str]]
"""From a trial, and what is counted besides, to what is wrong with it, in words."""


def all_of(*claims: Callable[[Trial], bool]) -> TrialCheck:
    """Return a check of several claims, each named by its function."""

    def look(seen: Trial, _: Counter[str]) -> Iterator[str]:
        for holds in claims:
            if not holds(seen):
                yield holds.__name__.replace("_", " ").strip() + ": does not hold"

    return look
