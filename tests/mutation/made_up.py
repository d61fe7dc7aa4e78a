"""Rulesets such as no author would write, so that every limit and every kind of rule comes to bear."""

from dataclasses import replace
from random import Random
from typing import get_args

from app.engine.condition_parser import parse_derivation, parse_rule_condition
from app.engine.conditions import All, AnyOf, Clause, Condition, Not, clauses
from app.engine.ruleset import Activity, Finding, Grade, Need, Rule, Ruleset, Tone
from app.engine.vocabulary import KINDS, PRACTICES
from tests.engine.reports import seeded

FEW = 60
"""So few made-up activities that it matters which of them fit."""
_LOT, _OTHER_LOT = 2, 5
_WILD_RULES = 40
_FOREMOST, _STILL = "cook-one-dish", "retreat"
_WILD_TRIES = {
    "time": (
        ("very_low", "2 * time_together.desired_hours_per_week - time_together.hours_per_week >= 335.5"),
        ("low", "time_together.desired_hours_per_week >= 168.25"),
        ("low", "time_together.desired_hours_per_week == 168"),
        ("low", "time_together.desired_hours_per_week == 3"),
        ("plenty", "time_together.desired_hours_per_week == 0"),
        ("plenty", "time_together.hours_per_week >= 20"),
        ("low", "3 * time_together.desired_hours_per_week - 2 * time_together.hours_per_week > 30"),
        ("adequate", "time_together.desired_hours_per_week > 0"),
        ("plenty", "time_together.feels == plenty"),
    ),
    "comfort_zone": (
        ("not_now", "childcare in busyness.sources and lonely in closeness.feelings"),
        ("not_now", "circumstances.budget == free and novelty.boredom == 4"),
        ("not_now", "goal == strengthen and novelty.boredom == 5"),
        ("not_now", "novelty.comfort_zone == not_now and not novelty.shared_purpose == true"),
        ("small_step", "novelty.comfort_zone == small_step or novelty.shared_purpose == false"),
        ("ready", "novelty.comfort_zone == ready or time_together.desired_hours_per_week >= 10"),
    ),
}
_PLANTED: tuple[tuple[str, tuple[str, Need] | None, tuple[str, ...]], ...] = (
    ("comfort_zone == ready and purpose == wanted and time >= low", ("serve_together", Need.strong), ()),
    ("time >= low and not purpose == wanted", ("everyday_moments", Need.strong), ()),
    ("time == adequate", ("check_ins_and_affirmations", Need.slight), ()),
    ("time == plenty", ("interactive_time", Need.moderate), ()),
    ("meaning == mismatched and comfort_zone == small_step", ("learn_together", Need.strong), ()),
    ("meaning == mismatched", ("gratitude_and_surprise", Need.strong), ()),
    ("meaning == partial", ("shared_hobby", Need.strong), ()),
    ("comfort_zone >= small_step", ("gratitude_and_surprise", Need.slight), ()),
    ("comfort_zone <= small_step", ("retreat", Need.moderate), ()),
    ("blind_spot == yes", ("shared_meaning", Need.moderate), ()),
    ("time <= adequate", None, ("protected_time", "shared_meaning")),
    ("purpose == wanted", None, ("communication_exercises", "explore_together")),
    ("breach == yes and comfort_zone == ready", None, ("learn_together",)),
    ("thanks_due == yes and time >= low", None, ("interactive_time",)),
    ("comfort_zone <= small_step", ("explore_together", Need.moderate), ()),
)
"""Conditions, what is suggested, what is withheld: wishes that have to meet, also with what cannot be wished for."""


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
    rules += tuple(_planted(i, ruleset.rules[0], findings) for i in range(len(_PLANTED)))
    other = _with_other_activities(replace(ruleset, findings=findings, rules=rules), random)
    return replace(other, activities=tuple(map(_set_apart, other.activities)))


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


def _set_apart(activity: Activity) -> Activity:
    """One comes before all others, though it is passive and of every tone; one practice is nothing but stillness."""
    if activity.id == _FOREMOST:
        return replace(activity, minutes=5, grade="A", tones=get_args(Tone), interaction="parallel", together=True)
    if activity.practice == _STILL:
        kinds = (activity.kinds[0], "quiet", "touch")
        return replace(activity, kinds=kinds, interaction="parallel", together=True, conflict_ceiling="chronic")
    return activity


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


def _planted(i: int, like: Rule, findings: tuple[Finding, ...]) -> Rule:
    text, suggests, withholds = _PLANTED[i]
    return replace(
        like,
        id=f"planted-{i}",
        status="draft",
        when=parse_rule_condition(text, {each.id: each.values for each in findings}),
        suggests=suggests[0] if suggests else None,
        need=suggests[1] if suggests else None,
        withholds=withholds,
        withholds_tones=(),
    )


def _any_of(random: Random, findings: list[Finding]) -> Condition:
    parts = []
    for finding in findings:
        value = random.choice(finding.values)
        clause = Clause(finding.id, "==", (value,), (finding.values.index(value),))
        parts.append(Not(clause) if random.random() < 0.3 else clause)
    return parts[0] if len(parts) == 1 else random.choice((All, AnyOf))(tuple(parts))
