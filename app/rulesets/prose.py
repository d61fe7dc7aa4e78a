"""Rules as sentences in plain English, read off the same tree that decides."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple, cast

from app.engine.conditions import Algebra, All, Clause, Condition, evaluate_condition
from app.engine.ruleset import Finding, Insight, Rule
from app.rulesets.library import SOURCE_LOCALE, Library

Abouts = Mapping[str, str]
"""What each finding is about, in words."""

_YES_OR_NO = ("no", "yes")
# "how talking feels", "how full your days are" and "what your time together mostly is" ask for a statement.
_OPENINGS = ("the answers put ", "the answers speak of ", "the answers ")
_ASKS = re.compile(r"(?:how (?:\w+ (?=your |the ))?|what )(?P<statement>.+ (?:feels|is|are))")


class Prose:
    """Says the rules of one library. Its words are of the source language: a sentence is for whoever reviews a rule."""

    def __init__(self, library: Library) -> None:
        texts = library.texts[SOURCE_LOCALE]
        self._findings = {finding.id: finding for finding in library.ruleset.findings}
        self._abouts = {id_: texts[f"findings/{id_}/about"] for id_ in self._findings}

    def rule(self, rule: Rule) -> str:
        return f"{self._opening(rule.when)}: {_does(rule)}."

    def insight(self, insight: Insight) -> str:
        return f"{self._opening(insight.when)}: show this insight."

    def _opening(self, when: Condition) -> str:
        return "For every couple" if when == All(()) else f"When {say_condition(when, self._findings, self._abouts)}"


class _Phrase(NamedTuple):
    text: str
    is_compound: bool = False

    @property
    def inner(self) -> str:
        return f"({self.text})" if self.is_compound else self.text


def _joined(word: str, parts: Iterable[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} {word} {last}" if others else last


_and, _or = partial(_joined, "and"), partial(_joined, "or")


_SENTENCES: Algebra[_Phrase] = Algebra(
    and_=lambda parts: _Phrase(_and(_eased(part.inner for part in parts)), is_compound=True),
    or_=lambda parts: _Phrase(_or(_eased(part.inner for part in parts)), is_compound=True),
    not_=lambda part: _Phrase(f"it is not so that {part.inner}"),
)


def say_condition(condition: Condition, findings: Mapping[str, Finding], abouts: Abouts) -> str:
    """Return a rule's condition in words: talking feels strained and the answers put trust between you at “low”."""

    def say_leaf(leaf: object) -> _Phrase:
        clause = cast(Clause, leaf)
        return _Phrase(_say_clause(clause, findings[clause.finding].values, abouts[clause.finding]))

    return evaluate_condition(condition, _SENTENCES, say_leaf).text


def _say_clause(clause: Clause, values: tuple[str, ...], about: str) -> str:
    if values == _YES_OR_NO:
        return f"the answers speak {'of' if values[clause.accepts[0]] == 'yes' else 'against'} {about}"
    accepted = [_plain(values[position]) for position in clause.accepts]
    asks = _ASKS.fullmatch(about)
    if asks:
        return f"{asks['statement']} {_or(accepted)}"
    return f"the answers put {about}{',' if ',' in about else ''} at {_or(f'“{value}”' for value in accepted)}"


def _eased(parts: Iterable[str]) -> list[str]:
    """Leave out words that the part before begins with too: the answers put this at “low” and that at “high”."""
    eased, before = [], ""
    for part in parts:
        shared = next((words for words in _OPENINGS if part.startswith(words) and before.startswith(words)), "")
        eased.append(part.removeprefix(shared))
        before = part
    return eased


def _does(rule: Rule) -> str:
    if rule.suggests and rule.need:
        return f"suggest {_plain(rule.suggests)} ({rule.need.name} need)"
    withheld = [_plain(name) for name in rule.withholds]
    if rule.withholds_asks:
        withheld.append(f"any activity that asks for {_or(_asked(ask) for ask in rule.withholds_asks)}")
    return f"withhold {_and(withheld)}"


def _asked(ask: str) -> str:
    return {"kind_reading": "a kinder reading", "surprise": "a surprise"}.get(ask, ask)


def _plain(name: str) -> str:
    return name.replace("_", " ")
