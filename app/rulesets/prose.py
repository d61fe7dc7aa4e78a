"""Rules as sentences in plain English, read off the same tree that decides."""

import re
from collections.abc import Iterable, Mapping

from app.engine.conditions import All, AnyOf, Clause, Condition, Not
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


def say_condition(condition: Condition, findings: Mapping[str, Finding], abouts: Abouts) -> str:
    """What has to be so, such as: talking feels strained and the answers put trust between you at “low”."""
    match condition:
        case All(parts):
            return _and(_eased(_inner(part, findings, abouts) for part in parts))
        case AnyOf(parts):
            return _or(_eased(_inner(part, findings, abouts) for part in parts))
        case Not(part):
            return f"it is not so that {_inner(part, findings, abouts)}"
        case Clause():
            return _say_clause(condition, findings[condition.finding].values, abouts[condition.finding])
        case _:
            raise TypeError("a rule speaks of findings, never of answers")


def _inner(part: Condition, findings: Mapping[str, Finding], abouts: Abouts) -> str:
    said = say_condition(part, findings, abouts)
    return f"({said})" if isinstance(part, All | AnyOf) else said


def _say_clause(clause: Clause, values: tuple[str, ...], about: str) -> str:
    if values == _YES_OR_NO:
        return f"the answers speak {'of' if values[clause.accepts[0]] == 'yes' else 'against'} {about}"
    accepted = [_plain(values[position]) for position in clause.accepts]
    asks = _ASKS.fullmatch(about)
    if asks:
        return f"{asks['statement']} {_or(accepted)}"
    return f"the answers put {about}{',' if ',' in about else ''} at {_or(f'“{value}”' for value in accepted)}"


def _eased(parts: Iterable[str]) -> list[str]:
    """Words that two parts in a row begin with are said once: the answers put this at “low” and that at “high”."""
    eased, before = [], ""
    for part in parts:
        shared = next((words for words in _OPENINGS if part.startswith(words) and before.startswith(words)), "")
        eased.append(part.removeprefix(shared))
        before = part
    return eased


def _does(rule: Rule) -> str:
    if rule.suggests and rule.need:
        return f"suggest {_plain(rule.suggests)} ({rule.need.name} need)"
    withheld = [_plain(practice) for practice in rule.withholds]
    if rule.withholds_tones:
        withheld.append(f"any activity whose tone is {_or(tone.replace('_', ' ') for tone in rule.withholds_tones)}")
    return f"withhold {_and(withheld)}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _and(parts: Iterable[str]) -> str:
    return _joined(tuple(parts), "and")


def _or(parts: Iterable[str]) -> str:
    return _joined(tuple(parts), "or")


def _joined(parts: tuple[str, ...], word: str) -> str:
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)
