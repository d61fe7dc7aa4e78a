"""Scenarios: what two people answer, and what the rules make of it; written as YAML that a person can review.

What holds for everyone stands once, at the top. Each scenario says only what its answers add or take away.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import UNKNOWN
from app.engine.evaluate import evaluate
from app.engine.ruleset import Need
from app.engine.self_report import pool
from app.engine.verdicts import gate
from app.engine.view import Verdicts
from app.engine.vocabulary import ANSWERS, PRACTICES
from app.rulesets.diagnostics import DiagnosticCollector
from app.rulesets.load import CONTENT
from app.rulesets.plain_reports import Answers, report_of
from app.rulesets.strict_yaml import Node, Record, read_file

NAME = "boundaries.yaml"
UNCALLED = "uncalled"
"""Stands for the need of a practice that is withheld although no rule calls for it."""
_WIDTH = 118
_HEAD = """\
# Scenarios at the lines that findings and rules draw. `rekindle scenarios --write` makes this file anew; `rekindle
# scenarios` says what differs from it. Read a change here as you would read a change of a rule: should this happen?
#
# mine:       what the one who reads the view answers.
# theirs:     what the other partner answers; left out where nobody else was heard.
# shows:      what the scenario is for.
# finds:      what the answers amount to.
# fires:      the rules that fire, those that fire for everyone left out. insights: likewise.
# suggested:  the practices that these rules call for, with their need.
# withheld:   the practices that a rule holds back, with the need that they had (uncalled: no rule called for them).
# tones:      the tones that are held back.
# order:      the strategies that are suggested; the first one leads. Left out: as for everyone.
"""


class Couple(NamedTuple):
    """The answers of the one who reads the view, and of the other; None: the other was not heard."""

    mine: Answers
    theirs: Answers | None = None


@dataclass(frozen=True)
class Decided:
    """What the engine made of it, as words. `suggested` and `withheld` go from practices to needs."""

    finds: Mapping[str, str]
    fires: tuple[str, ...]
    insights: tuple[str, ...]
    suggested: Mapping[str, str]
    withheld: Mapping[str, str]
    tones: tuple[str, ...]
    order: tuple[str, ...]


NOTHING = Decided({}, (), (), {}, {}, (), ())


@dataclass(frozen=True)
class Scenario:
    """A couple, what they are there to show, and what is expected beyond what is expected for everyone."""

    shows: tuple[str, ...]
    couple: Couple
    expected: Decided

    @property
    def name(self) -> str:
        """Its answers: no two scenarios have the same."""
        return name_of(self.couple)


@dataclass(frozen=True)
class Suite:
    """`for_everyone` is what is expected where nothing is answered."""

    for_everyone: Decided
    scenarios: tuple[Scenario, ...]


def decide(compiled: CompiledRuleset, couple: Couple, everyone: Decided = NOTHING) -> Decided:
    """Let the engine decide one view; of it, what goes beyond what is decided for everyone."""
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


def name_of(couple: Couple) -> str:
    """The answers in one line."""
    mine, theirs = couple
    return _flow(mine, 0) if theirs is None else f"{_flow(mine, 0)} and {_flow(theirs, 0)}"


class Difference(NamedTuple):
    """Where a program decides otherwise than a suite expects."""

    scenario: str
    key: str
    expected: Any
    decided: Any

    def __str__(self) -> str:
        return f"{self.scenario}: {self.key}: expected {_words(self.expected)}, but it is {_words(self.decided)}"


def _words(value: Any) -> str:
    return _flow(value, 0) if value else "nothing"


def differences(
    compiled: CompiledRuleset, suite: Suite, only: Iterable[Scenario] | None = None
) -> Iterable[Difference]:
    """Replay a suite, or a part of it, through the engine."""
    everyone = decide(compiled, Couple({}))
    yield from _compared("for_everyone", suite.for_everyone, everyone)
    for scenario in suite.scenarios if only is None else only:
        yield from _compared(scenario.name, scenario.expected, decide(compiled, scenario.couple, everyone))


def _compared(name: str, expected: Decided, decided: Decided) -> Iterable[Difference]:
    if expected != decided:
        for field in fields(Decided):
            one, two = getattr(expected, field.name), getattr(decided, field.name)
            if one != two:
                yield Difference(name, field.name, one, two)


# YAML


def write(suite: Suite) -> str:
    """As text, in a fixed order, a few lines each."""
    lines = [_HEAD, "for_everyone:", *_decided_lines(suite.for_everyone, "  "), "", "scenarios:"]
    for scenario in suite.scenarios:
        lines.append(f"  - mine: {_flow(scenario.couple.mine, 10)}")
        if scenario.couple.theirs is not None:
            lines.append(f"    theirs: {_flow(scenario.couple.theirs, 12)}")
        lines += ["    shows:", *(f"      - {_text(line)}" for line in scenario.shows)]
        lines += _decided_lines(scenario.expected, "    ")
    return "\n".join([*lines, ""])


def _decided_lines(decided: Decided, indent: str) -> list[str]:
    keyed = ((field.name, getattr(decided, field.name)) for field in fields(Decided))
    return [f"{indent}{key}: {_flow(value, len(indent) + len(key) + 2)}" for key, value in keyed if value]


def _text(line: str) -> str:
    return f'"{line}"' if ": " in line or line[0] in "`'\"[{#" else line


def _flow(value: Any, column: int) -> str:
    """In one line where there is room, else in several."""
    match value:
        case bool():
            return str(value).lower()
        case frozenset():
            return _flow(tuple(sorted(value)), column)
        case Mapping():
            parts, brackets = [f"{key}: {_flow(part, 0)}" for key, part in value.items()], ("{ ", " }")
        case tuple() | list():
            parts, brackets = [_flow(part, 0) for part in value], ("[", "]")
        case _:
            return str(value)
    if not parts:
        return "{}" if isinstance(value, Mapping) else "[]"
    lines, line = [], brackets[0]
    for i, part in enumerate(parts):
        piece = part + ("" if i + 1 == len(parts) else ", ")
        if column and column + len(line) + len(piece) > _WIDTH and line.strip():
            lines.append(line.rstrip())
            line = " " * (column + len(brackets[0]))
        line += piece
    return "\n".join([*lines, line + brackets[1]])


def read(path: Path = CONTENT / NAME) -> Suite:
    """A suite from its file. Raises `ContentError` with all mistakes."""
    mistakes = DiagnosticCollector()
    node = read_file(path, path.parent, mistakes)
    suite = Suite(NOTHING, ()) if node is None else _read_suite(Record(node))
    mistakes.raise_if_any()
    return suite


def _read_suite(record: Record) -> Suite:
    everyone, part = record.need("for_everyone"), record.need("scenarios")
    scenarios = tuple(_read_scenario(Record(item)) for item in (part.items() if part else ()))
    record.close()
    return Suite(_read_decided(Record(everyone)) if everyone else NOTHING, scenarios)


def _read_scenario(record: Record) -> Scenario:
    shows, mine, theirs = record.need("shows"), record.need("mine"), record.get("theirs")
    couple = Couple(_read_answers(mine) if mine else {}, _read_answers(theirs) if theirs else None)
    said = tuple(item.text() for item in shows.items()) if shows else ()
    return Scenario(said, couple, _read_decided(record))


def _read_decided(record: Record) -> Decided:
    decided: dict[str, Any] = {}
    for field in fields(Decided):
        part = record.get(field.name)
        if isinstance(getattr(NOTHING, field.name), tuple):
            decided[field.name] = tuple(item.text() for item in part.items()) if part else ()
        else:
            decided[field.name] = {key: value.text() for key, value in part.entries().items()} if part else {}
    record.close()
    return Decided(**decided)


def _read_answers(node: Node) -> Answers:
    answers = {}
    for path, part in node.entries().items():
        if path in ANSWERS:
            answers[path] = _read_answer(path, part)
        else:
            part.key.wrong(f"there is no answer `{path}`")
    return answers


def _read_answer(path: str, node: Node) -> Any:
    answer = ANSWERS[path]
    levels = answer.levels
    read: Mapping[str, Callable[[], Any]] = {
        "yes_no": node.truth,
        "choices": lambda: frozenset(node.words(levels)),
        "map_of_scales": lambda: {kind: int(rating.word(levels)) for kind, rating in node.entries().items()},
        "map_of_choices": lambda: {kind: level.word(levels) for kind, level in node.entries().items()},
        "scale": lambda: int(node.word(levels)),
        "choice": lambda: node.word(levels),
    }
    return read.get(answer.shape, lambda: _number(node))()


def _number(node: Node) -> float:
    text = node.text()
    try:
        number = float(text)
    except ValueError:
        node.wrong(f"`{text}` is not a number")
        return 0
    return int(number) if number.is_integer() else number
