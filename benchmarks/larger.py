"""A synthetic library several times as large, to see what growth costs. It makes no sense to anybody; only its size
matters.

The copies of a suggesting rule take another rule's condition with other values; those of a withholding rule are
narrower than the original, because ten times the vetoes would leave nothing to suggest and so nothing to measure. The
copies of an activity take each fact from another activity of the same practice. Private and pooled do not mix, and
every copy has the words of its original. Findings stay: rules grow, questions do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import All, AnyOf, Clause, Condition, Not, clauses
from app.engine.ruleset import Activity, Finding, Rule, Ruleset
from app.rulesets.library import SOURCE_LOCALE, Library, Texts

# Facts that only mean something together stay together.
FACTS = (
    ("minutes", "times_a_week", "repeat"),
    ("together", "interaction"),
    ("cost",),
    ("kinds",),
    ("talk",),
    ("novelty",),
    ("energy",),
    ("children", "parents_only"),
    ("remote",),
    ("unsuitable_for",),
    ("conflict_ceiling", "fixed_end"),
    ("asks", "setting"),
    ("family", "prepares"),
    ("alcohol",),
)


def enlarge(library: Library, times: int, chance: Random) -> Library:
    """The library with so many times its rules and activities, ready to decide."""
    ruleset = library.ruleset
    rules, activities = list(ruleset.rules), list(ruleset.activities)
    for copy in range(2, times + 1):
        rules += _copies_of_rules(ruleset, copy, chance)
        activities += _copies_of_activities(ruleset.activities, copy, chance)
    larger = replace(ruleset, rules=tuple(rules), activities=tuple(activities))
    texts = _copies_of_texts(library.texts[SOURCE_LOCALE], times)
    return replace(library, ruleset=larger, compiled=compile_ruleset(larger), texts={SOURCE_LOCALE: texts})


def _copies_of_rules(ruleset: Ruleset, copy: int, chance: Random) -> list[Rule]:
    findings = {finding.id: finding for finding in ruleset.findings}
    copies = []
    for alike in _grouped(ruleset.rules, findings):
        conditions = [_with_other_values(rule.when, findings, chance) for rule in alike]
        chance.shuffle(conditions)
        for rule, other in zip(alike, conditions, strict=True):
            when = other if rule.suggests else All((rule.when, other))
            copies.append(replace(rule, id=f"{rule.id}-{copy}", when=when))
    return copies


def _grouped(rules: Sequence[Rule], findings: Mapping[str, Finding]) -> list[list[Rule]]:
    """Rules that may trade conditions: both private or both pooled, both suggesting or both withholding."""
    groups: dict[tuple[bool, bool], list[Rule]] = {}
    for rule in rules:
        is_private = any(findings[clause.finding].label == "private" for clause in clauses(rule.when))
        groups.setdefault((is_private, rule.suggests is None), []).append(rule)
    return list(groups.values())


def _with_other_values(condition: Condition, findings: Mapping[str, Finding], chance: Random) -> Condition:
    match condition:
        case All(parts):
            return All(tuple(_with_other_values(part, findings, chance) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_with_other_values(part, findings, chance) for part in parts))
        case Not(part):
            return Not(_with_other_values(part, findings, chance))
        case Clause(finding, _, _, accepts):
            values = findings[finding].values
            drawn = tuple(sorted(chance.sample(range(len(values)), k=len(accepts))))
            return Clause(finding, "in", tuple(values[i] for i in drawn), drawn)
        case _:
            raise TypeError("the conditions of rules are clauses on findings")


def _copies_of_activities(activities: Sequence[Activity], copy: int, chance: Random) -> list[Activity]:
    alike: dict[str, list[Activity]] = {}
    for activity in activities:
        alike.setdefault(activity.practice, []).append(activity)
    copies = []
    for activity in activities:
        facts: dict[str, Any] = {}
        for together in FACTS:
            other = chance.choice(alike[activity.practice])
            facts |= {fact: getattr(other, fact) for fact in together}
        copies.append(replace(activity, id=f"{activity.id}-{copy}", **facts))
    return copies


def _copies_of_texts(texts: Texts, times: int) -> Texts:
    copies = dict(texts)
    for key, text in texts.items():
        kind, _, rest = key.partition("/")
        if kind in ("rules", "activities"):
            id_, _, part = rest.partition("/")
            copies |= {f"{kind}/{id_}-{copy}/{part}": text for copy in range(2, times + 1)}
    return copies
