"""Scenarios: the answers of two people, and what the rules make of them.

What holds for everyone stands once. Each scenario has only what its answers add or take away.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import UNKNOWN
from app.engine.evaluate import quiet_reader
from app.engine.ruleset import Need
from app.engine.self_report import SelfReport
from app.rulesets.plain_reports import Answers, report_of
from verification.judged import Judged, judge, need_of

UNCALLED = "uncalled"
"""Stands for the need of a purpose that is withheld although no rule calls for it."""
SIZES = ("begin small", "keep short", "an hour", "an afternoon")
"""The conditions that bound places of a list, in words."""


class ScenarioCouple(NamedTuple):
    """The answers of the one who reads the view, and of the other; None: the other was not heard."""

    mine: Answers
    theirs: Answers | None = None

    @property
    def report(self) -> SelfReport:
        """The report of the one who reads."""
        return report_of(self.mine)


@dataclass(frozen=True)
class Decided:
    """The engine's decision in words. `suggested` and `withheld` go from purposes to needs.

    `chooses` are the sizes, precedences and leads that count, `quietly` the insights that a quiet view shows too.
    """

    finds: Mapping[str, str]
    fires: tuple[str, ...]
    insights: tuple[str, ...]
    quietly: tuple[str, ...]
    opening: tuple[str, ...]
    suggested: Mapping[str, str]
    withheld: Mapping[str, str]
    asks: tuple[str, ...]
    chooses: tuple[str, ...]
    order: tuple[str, ...]


NOTHING = Decided({}, (), (), (), (), {}, {}, (), (), ())


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
    judged = judge_couple(compiled, couple)
    offer, reader = judged.offer, judged.reader
    pair, withheld = offer.pair, judged.withheld
    called = {p.id: need for p in compiled.purposes if (need := need_of(pair, p.activities))}
    withheld_ids = [p.id for p in compiled.purposes if not p.activities & ~withheld]
    stands = judged.narrow()
    order = tuple(compiled.strategies[i].id for i in stands.strategies if i in stands.suggested)
    known = zip(compiled.findings, judged.codes, strict=True)
    firing = {compiled.rules[i].id for i in positions(judged.fired)}
    fired = (rule.id for rule in compiled.ruleset.rules if rule.id in firing)
    raised, quietly = (_raised(compiled, side.verdict.true) for side in (reader, quiet_reader(offer, couple.report)))
    true = reader.verdict.true >> compiled.first_opening & compiled.every_opening
    openings = (compiled.openings[i].id for i in positions(true))
    suggested = {id_: Need(need).name for id_, need in called.items() if id_ not in withheld_ids}
    return Decided(
        finds={finding.id: finding.values[code] for finding, code in known if code != UNKNOWN},
        fires=_beyond(fired, everyone.fires),
        insights=_beyond(raised, everyone.insights),
        quietly=_beyond(quietly, everyone.quietly),
        opening=tuple(openings),
        suggested={id_: need for id_, need in suggested.items() if everyone.suggested.get(id_) != need},
        withheld={id_: Need(called[id_]).name if id_ in called else UNCALLED for id_ in withheld_ids},
        asks=tuple(ask for ask, mask in compiled.index.by_ask.items() if mask and not mask & ~withheld),
        chooses=tuple(_chooses(compiled, pair.signs)),
        order=() if order == everyone.order else order,
    )


def _beyond(names: Iterable[str], everyone: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in everyone)


def _raised(compiled: CompiledRuleset, true: int) -> Iterable[str]:
    return (compiled.insights[i] for i in positions(true >> len(compiled.rules) & compiled.every_insight))


def _chooses(compiled: CompiledRuleset, signs: int) -> Iterable[str]:
    choosing = compiled.ruleset.choosing
    names = (*SIZES, *(one.id for one in choosing.precedences), *(lead.id for lead in choosing.leads))
    return (names[i] for i in positions(signs))


def judge_couple(compiled: CompiledRuleset, couple: ScenarioCouple) -> Judged:
    """Judge a couple for the one who reads the view, with what the two agree on."""
    theirs = None if couple.theirs is None else report_of(couple.theirs)
    return judge(compiled, couple.report, theirs)


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
        """Both sides in words, each without the entries that are on both."""
        return f"{self._left(self.before, self.after)} -> {self._left(self.after, self.before)}"

    def _left(self, one: Any, other: Any) -> str:
        if isinstance(one, Mapping):
            one = {key: value for key, value in one.items() if other.get(key) != value}
        elif self.key != "order":
            one = [entry for entry in one if entry not in other]
        return _flow(one) if one else "nothing"


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
