"""Rulesets such as no author would write, so that every limit and every kind of rule comes to bear."""

from dataclasses import replace
from random import Random
from typing import get_args

from app.engine.conditions import All, AnyOf, Clause, Condition, Not, clauses, parse_derivation
from app.engine.ruleset import Finding, Grade, Need, Rule, Ruleset, Tone
from app.engine.vocabulary import KINDS, PRACTICES
from tests.engine.reports import seeded

FEW = 60
"""So few made-up activities that it matters which of them fit."""
_LOT, _OTHER_LOT = 2, 5
_WILD_RULES = 40
_WILD_TRIES = {
    "time": (
        ("very_low", "2 * time_together.desired_hours_per_week - time_together.hours_per_week >= 335.5"),
        ("low", "time_together.desired_hours_per_week >= 168.25"),
        ("low", "time_together.desired_hours_per_week == 168"),
        ("plenty", "time_together.hours_per_week >= 20"),
        ("low", "3 * time_together.desired_hours_per_week - 2 * time_together.hours_per_week > 30"),
        ("adequate", "time_together.desired_hours_per_week > 0"),
        ("plenty", "time_together.feels == plenty"),
    ),
    "comfort_zone": (
        ("not_now", "novelty.comfort_zone == not_now and not novelty.shared_purpose == true"),
        ("small_step", "novelty.comfort_zone == small_step or novelty.shared_purpose == false"),
        ("ready", "novelty.comfort_zone == ready or time_together.desired_hours_per_week >= 10"),
    ),
}


def shuffled(ruleset: Ruleset) -> Ruleset:
    """Fewer and looser rules, over activities whose traits are drawn by lot."""
    conditional = [rule for rule in ruleset.rules if clauses(rule.when)]
    rules = tuple(_otherwise(rule, i % 6) for i, rule in enumerate(conditional))
    return _with_other_activities(replace(ruleset, rules=rules), seeded(_LOT))


def wild(ruleset: Ruleset) -> Ruleset:
    """Rules by lot, most of them about wishes, and wishes that are read off answers in another way."""
    random = seeded(_OTHER_LOT)
    findings = tuple(
        replace(each, tries=tuple((value, parse_derivation(text)) for value, text in _WILD_TRIES[each.id]))
        if each.id in _WILD_TRIES
        else each
        for each in ruleset.findings
    )
    rules = tuple(_by_lot(random, i, ruleset.rules[0], findings) for i in range(_WILD_RULES))
    return _with_other_activities(replace(ruleset, findings=findings, rules=rules), random)


def _with_other_activities(ruleset: Ruleset, random: Random) -> Ruleset:
    activities = tuple(
        replace(
            activity,
            minutes=random.choice((5, 10, 15, 16, 30, 31, 45, 46, 60, 61, 120)),
            times_a_week=random.choice((1, 2, 5)) if activity.repeat == "ritual" else None,
            together=random.random() < 0.7,
            cost=random.choice(("free", "free", "low", "low", "medium", "high")),
            kinds=tuple(random.sample(KINDS, random.choice((1, 1, 2, 3)))),
            interaction=random.choice(("parallel", "parallel", "cooperative", "mutual")),
            novelty=random.choice((0, 0, 1, 2, 3)),
            energy=random.choice(("drained", "ok", "lively")),
            children=random.choice(("present", "present", "asleep", "away")),
            remote=random.random() < 0.5,
            unsuitable_for=tuple(random.sample(("mobility", "pain", "fatigue", "sensory"), random.choice((0, 0, 1)))),
            conflict_ceiling=random.choice(("occasional", "frequent", "chronic", "chronic")),
            fixed_end=random.random() < 0.7,
            tones=tuple(random.sample(get_args(Tone), random.choice((0, 0, 1, 2)))),
            alcohol=random.random() < 0.2,
            parents_only=random.random() < 0.1,
            apart_only=random.random() < 0.1,
            grade=random.choice(get_args(Grade)),
        )
        for activity in ruleset.activities[:: len(ruleset.activities) // FEW]
    )
    return replace(ruleset, activities=activities)


def _otherwise(rule: Rule, how: int) -> Rule:
    """The same rule; or any part of its condition is enough, or it may not hold, or the rule is retired."""
    match how, rule.when:
        case ((0 | 3), All(parts)):
            return replace(rule, when=AnyOf(parts))
        case 1, when:
            return replace(rule, when=Not(when))
        case 4, _:
            return replace(rule, status="retired")
        case _:
            return rule


def _by_lot(random: Random, i: int, like: Rule, findings: tuple[Finding, ...]) -> Rule:
    """What reads something private only withholds, as in every ruleset."""
    wishes = [each for each in findings if each.wish]
    read = [random.choice(wishes if random.random() < 0.6 else findings) for _ in range(random.choice((1, 1, 2)))]
    is_suggesting = all(each.label == "pooled" for each in read) and random.random() < 0.6
    withholds = () if is_suggesting else tuple(random.sample(PRACTICES, random.choice((0, 1, 1, 2))))
    is_of_tones = not is_suggesting and (not withholds or random.random() < 0.3)
    return replace(
        like,
        id=f"made-up-{i}",
        status="draft",
        when=_any_of(random, read),
        suggests=random.choice(PRACTICES) if is_suggesting else None,
        need=random.choice(tuple(Need)) if is_suggesting else None,
        withholds=withholds,
        withholds_tones=(random.choice(get_args(Tone)),) if is_of_tones else (),
    )


def _any_of(random: Random, findings: list[Finding]) -> Condition:
    parts = []
    for finding in findings:
        value = random.choice(finding.values)
        clause = Clause(finding.id, "==", (value,), (finding.values.index(value),))
        parts.append(Not(clause) if random.random() < 0.3 else clause)
    return parts[0] if len(parts) == 1 else random.choice((All, AnyOf))(tuple(parts))
