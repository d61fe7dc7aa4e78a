"""Scenarios: the answers of two people, and what the rules make of them.

What holds for everyone stands once. Each scenario has only what its answers add or take away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, cast

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import UNKNOWN
from app.engine.evaluate import evaluate
from app.engine.ruleset import Need
from app.engine.self_report import pool
from app.engine.verdicts import gate
from app.engine.view import Verdicts
from app.engine.vocabulary import PRACTICES
from app.rulesets.plain_reports import Answers, report_of

UNCALLED = "uncalled"
"""Stands for the need of a practice that is withheld although no rule calls for it."""


class ScenarioCouple(NamedTuple):
    """The answers of the one who reads the view, and of the other; None: the other was not heard."""

    mine: Answers
    theirs: Answers | None = None


@dataclass(frozen=True)
class Decided:
    """The engine's decision in words. `suggested` and `withheld` go from practices to needs."""

    finds: Mapping[str, str]
    fires: tuple[str, ...]
    insights: tuple[str, ...]
    suggested: Mapping[str, str]
    withheld: Mapping[str, str]
    tones: tuple[str, ...]
    order: tuple[str, ...]


NOTHING = Decided({}, (), (), {}, {}, (), ())


@dataclass(frozen=True)
class BoundaryScenario:
    """A couple, the points that they show, and the decision beyond what is expected for everyone."""

    shows: tuple[str, ...]
    couple: ScenarioCouple
    expected: Decided

    @property
    def name(self) -> str:
        """The answers in one line: no two scenarios have the same."""
        return name_of(self.couple)


@dataclass(frozen=True)
class Suite:
    """The scenarios of a library; `for_everyone` is the decision where nothing is answered."""

    for_everyone: Decided
    scenarios: tuple[BoundaryScenario, ...]


def decide(compiled: CompiledRuleset, couple: ScenarioCouple, everyone: Decided = NOTHING) -> Decided:
    """Let the engine decide one view, and return what goes beyond the decision for everyone."""
    theirs = None if couple.theirs is None else pool(report_of(couple.theirs))
    view = evaluate(compiled, report_of(couple.mine), theirs)
    verdicts = cast(Verdicts, view.verdicts)
    gated = gate(compiled, verdicts)
    withheld, toned = gated.withheld | gated.withheld_privately, gated.tones | gated.private_tones
    called = {
        practice: Need(gated.needs[practice]).name
        for practice, rules in enumerate(gated.suggesting)
        if not {compiled.rules[i].id for i in positions(rules)} <= {*everyone.fires}
    }
    fired = (compiled.rules[i].id for i in positions(verdicts.true & compiled.every_rule))
    order = tuple(strategy.strategy for strategy in view.strategies if strategy.standing != "not_now")
    return Decided(
        finds={
            finding.id: finding.values[code]
            for finding, code in zip(compiled.findings, verdicts.codes, strict=True)
            if code != UNKNOWN
        },
        fires=tuple(rule for rule in fired if rule not in everyone.fires),
        insights=tuple(insight for insight in view.insights if insight not in everyone.insights),
        suggested={PRACTICES[i]: need for i, need in called.items() if not withheld >> i & 1},
        withheld={
            practice: Need(gated.needs[i]).name if gated.needs[i] else UNCALLED
            for i, practice in enumerate(PRACTICES)
            if withheld >> i & 1
        },
        tones=tuple(tone for tone, mask in compiled.index.by_tone.items() if mask and not mask & ~toned),
        order=() if order == everyone.order else order,
    )


def name_of(couple: ScenarioCouple) -> str:
    """Return the answers in one line."""
    mine, theirs = couple
    return _flow(mine) if theirs is None else f"{_flow(mine)} and {_flow(theirs)}"


def is_as_expected(compiled: CompiledRuleset, suite: Suite) -> bool:
    """Return whether every scenario of a suite comes out as it says."""
    everyone = decide(compiled, ScenarioCouple({}))
    return everyone == suite.for_everyone and all(
        decide(compiled, scenario.couple, everyone) == scenario.expected for scenario in suite.scenarios
    )


class Difference(NamedTuple):
    """A part of what is decided of one scenario, by two rulesets."""

    scenario: str
    key: str
    before: Any
    after: Any

    @property
    def change(self) -> str:
        """Both sides, each without the entries that are on both."""
        before, after = self.before, self.after
        if isinstance(before, Mapping):
            before, after = (
                {key: value for key, value in one.items() if other.get(key) != value}
                for one, other in ((self.before, self.after), (self.after, self.before))
            )
        elif self.key != "order":
            before = [entry for entry in self.before if entry not in self.after]
            after = [entry for entry in self.after if entry not in self.before]
        return f"{_words(before)} -> {_words(after)}"


def _words(value: Any) -> str:
    return _flow(value) if value else "nothing"


def compared(name: str, before: Decided, after: Decided) -> Iterable[Difference]:
    """Yield each part in which the two differ."""
    for field in fields(Decided):
        one, two = getattr(before, field.name), getattr(after, field.name)
        if one != two:
            yield Difference(name, field.name, one, two)


def _flow(value: Any) -> str:
    """Return a value in one line, as YAML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case frozenset():
            return _flow(tuple(sorted(value)))
        case Mapping():
            return f"{{ {', '.join(f'{key}: {_flow(part)}' for key, part in value.items())} }}" if value else "{}"
        case tuple() | list():
            return f"[{', '.join(map(_flow, value))}]"
        case _:
            return str(value)
