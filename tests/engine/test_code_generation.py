from random import Random
from typing import cast

import pytest

from app.engine.code_generation import compile_meeting, compile_reading, compile_rules
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.condition_parser import ConditionError, parse_derivation, parse_rule_condition
from app.engine.conditions import (
    UNKNOWN,
    All,
    AnyOf,
    Chosen,
    Clause,
    Condition,
    Leaf,
    Not,
    clause_truth,
    clauses,
    positive,
    truth,
)
from app.engine.offer import heard_alone
from app.engine.ruleset import Finding, FindingLabel, Meeting
from app.engine.self_report import PooledReport, SelfReport, pool, poolable
from tests.engine.build import a_report
from tests.engine.reference import find
from tests.engine.reports import random_report, seeded

VALUES = ("none", "some", "much", "most", "all")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in")


def a_finding(
    id_: str, size: int = 3, both: Meeting = "worse", label: FindingLabel = "pooled", **tries: str
) -> Finding:
    conditions = tuple((value, parse_derivation(text)) for value, text in tries.items())
    return Finding(id_, VALUES[:size], both, label, False, conditions, None, "product")


def a_clause(random: Random, findings: tuple[Finding, ...]) -> Condition:
    """A clause that is neither always nor never true."""
    finding, op = random.choice(findings), random.choice(OPERATORS)
    some = random.sample(finding.values, random.randint(1, len(finding.values) - 1) if op == "in" else 1)
    right = f"({', '.join(some)},)" if op == "in" else some[0]
    try:
        return parse_rule_condition(f"{finding.id} {op} {right}", {finding.id: finding.values})
    except ConditionError:
        return a_clause(random, findings)


def a_condition(random: Random, findings: tuple[Finding, ...], depth: int = 3) -> Condition:
    if depth == 0 or random.random() < 0.35:
        return a_clause(random, findings)
    parts = tuple(a_condition(random, findings, depth - 1) for _ in range(random.randint(1, 3)))
    return random.choice((All(parts), AnyOf(parts), Not(parts[0])))


@pytest.mark.parametrize("seed", range(60))
def test_the_compiled_judge_agrees_with_the_plain_reading_on_any_ruleset(seed: int) -> None:
    random = seeded(seed)
    findings = tuple(a_finding(f"f{i}", random.randint(2, 5)) for i in range(random.randint(1, 6)))
    sizes = {finding.id: len(finding.values) for finding in findings}
    written = (All(()), *(a_condition(random, findings) for _ in range(random.randint(1, 8))))
    judge = compile_rules(tuple(positive(condition, sizes) for condition in written), findings)

    for _ in range(60):
        codes = tuple(random.randint(UNKNOWN, len(finding.values) - 1) for finding in findings)
        by_id = dict(zip(sizes, codes, strict=True))
        true = judge(codes)
        for i, condition in enumerate(written):
            plain = truth(condition, lambda leaf: clause_truth(cast(Clause, leaf), by_id))  # noqa: B023
            assert bool(true >> i & 1) == (plain is True)


def test_the_judge_of_the_ruleset_in_force_agrees_with_its_rules_as_they_are_written(compiled: CompiledRuleset) -> None:
    random = seeded(3)
    when = {rule.id: rule.when for rule in compiled.ruleset.rules}
    written = [when[rule.id] for rule in compiled.rules] + [insight.when for insight in compiled.ruleset.insights]
    for _ in range(400):
        blank = random.choice((0, 0.3, 0.8))
        codes = tuple(
            UNKNOWN if random.random() < blank else random.randrange(len(finding.values))
            for finding in compiled.findings
        )
        by_id = dict(zip(compiled.position, codes, strict=True))
        true = compiled.judge(codes)
        for i, condition in enumerate(written):
            plain = truth(condition, lambda leaf: clause_truth(cast(Clause, leaf), by_id))  # noqa: B023
            assert bool(true >> i & 1) == (plain is True)


def test_a_finding_that_becomes_known_silences_no_rule(compiled: CompiledRuleset) -> None:
    random = seeded(4)
    for _ in range(400):
        codes = [
            UNKNOWN if random.random() < 0.6 else random.randrange(len(finding.values)) for finding in compiled.findings
        ]
        before = compiled.judge(tuple(codes))
        for i in random.sample(range(len(codes)), 5):
            if codes[i] == UNKNOWN:
                codes[i] = random.randrange(len(compiled.findings[i].values))
        after = compiled.judge(tuple(codes))
        assert before & after == before


def test_finding_tables_agree_with_each_derivation_as_it_is_written(compiled: CompiledRuleset) -> None:
    random = seeded(5)
    pooled = [finding for finding in compiled.findings if finding.label == "pooled"]
    private = [finding for finding in compiled.findings if finding.label == "private"]
    for _ in range(2_000):
        report = random_report(random)
        theirs = pool(report)
        expected = tuple(UNKNOWN if finding.gap else find(finding, theirs) for finding in pooled)
        assert compiled.reading.pooled(theirs) == expected
        assert compiled.reading.private(report) == tuple(find(finding, report) for finding in private)


TRUE: tuple[tuple[str, dict[str, object]], ...] = (
    ("time_together.hours_per_week < 2.5", {"hours_per_week": 2.25}),
    ("time_together.hours_per_week <= 2.5", {"hours_per_week": 2.5}),
    (
        "2 * time_together.hours_per_week == time_together.desired_hours_per_week",
        {"hours_per_week": 0.25, "desired_hours_per_week": 0.5},
    ),
    ("time_together.date_nights_per_month >= 4", {"date_nights_per_month": 4}),
    (
        "busyness.minutes_per_week - busyness.longest_slot_minutes > 5",
        {"minutes_per_week": 21, "longest_slot_minutes": 15},
    ),
    ("lonely in closeness.feelings and not distant in closeness.feelings", {"feelings": {"lonely"}}),
    ("not lonely in closeness.feelings", {"feelings": {"hopeful"}}),
    ("closeness.knows_where_to_start == false", {"knows_where_to_start": False}),
    ("closeness.level in (3, 4)", {"closeness": 4}),
    ("goal == repair or closeness.level < 3", {"goal": "strengthen", "closeness": 2}),
)
NOT_TRUE: tuple[tuple[str, dict[str, object]], ...] = (
    ("time_together.hours_per_week < 2.5", {"hours_per_week": 2.5}),
    (
        "2 * time_together.hours_per_week != time_together.desired_hours_per_week",
        {"hours_per_week": 0.25, "desired_hours_per_week": 0.5},
    ),
    ("time_together.date_nights_per_month > 4", {"date_nights_per_month": 4}),
    ("busyness.minutes_per_week - busyness.longest_slot_minutes > 5", {"minutes_per_week": 21}),
    ("lonely in closeness.feelings and not distant in closeness.feelings", {"feelings": {"lonely", "distant"}}),
    ("not lonely in closeness.feelings", {}),
    ("closeness.knows_where_to_start == false", {"knows_where_to_start": True}),
)


@pytest.mark.parametrize(
    ("text", "said", "code"), [(*each, 1) for each in TRUE] + [(*each, UNKNOWN) for each in NOT_TRUE]
)
def test_a_derivation_reads_answers_exactly(text: str, said: dict[str, object], code: int) -> None:
    finding = a_finding("f", some=text)
    report = a_report(**{"hours_per_week": None} | said)

    assert compile_reading((finding,), PooledReport)(poolable(report)) == (code,)
    assert find(finding, report) == code


def test_the_first_value_whose_condition_is_true_holds() -> None:
    finding = a_finding("f", much="conflict.level >= frequent", some="conflict.level >= occasional")
    read = compile_reading((finding,), PooledReport)
    codes = {"rare": UNKNOWN, "occasional": 1, "frequent": 2, "chronic": 2, None: UNKNOWN}

    for level, code in codes.items():
        assert read(poolable(a_report(conflict=level))) == (code,)


def test_private_answers_are_read_from_the_whole_report_alone() -> None:
    finding = a_finding("f", label="private", both="own", some="private.leaning_out == true")

    assert compile_reading((finding,), SelfReport)(a_report(leaning_out=True)) == (1,)
    with pytest.raises(KeyError):
        compile_reading((finding,), PooledReport)


def test_two_partners_meet_in_each_of_five_ways() -> None:
    ways: tuple[Meeting, ...] = ("worse", "own", "own_first", "theirs", "gap")
    meet = compile_meeting(tuple(a_finding(way, both=way) for way in ways))

    assert meet((1,) * 5, (2,) * 5, (0,) * 5) == (2, 1, 1, 2, 0)
    assert meet((2,) * 5, (1,) * 5, (0,) * 5) == (2, 2, 2, 1, 0)
    assert meet((UNKNOWN,) * 5, (1,) * 5, (UNKNOWN,) * 5) == (1, UNKNOWN, 1, 1, UNKNOWN)
    assert meet((1,) * 5, (UNKNOWN,) * 5, (UNKNOWN,) * 5) == (1, 1, 1, UNKNOWN, UNKNOWN)


def test_whoever_was_heard_alone_has_the_findings_of_one_who_meets_nobody(compiled: CompiledRuleset) -> None:
    random, reading = seeded(6), compiled.reading
    for _ in range(200):
        own = reading.pooled(pool(random_report(random)))
        assert heard_alone(compiled, own) == reading.meet(own, reading.nobody, reading.nobody)


def test_a_negated_condition_becomes_one_without_not() -> None:
    findings = {"f": VALUES[:3], "g": VALUES[:2]}
    written = parse_rule_condition("not (f == some and not g == none) and not not f != much", findings)
    plain = positive(written, {name: len(values) for name, values in findings.items()})

    assert [clause.accepts for clause in clauses(plain)] == [(0, 2), (0,), (0, 1)]
    assert plain == All((AnyOf((clauses(plain)[0], clauses(plain)[1])), clauses(plain)[2]))


def test_conditions_on_answers_are_no_rules_and_findings_are_no_answers() -> None:
    on_answer: Leaf = Chosen("goal", ("repair",))
    on_finding = Clause("f", "==", ("some",), (1,))

    with pytest.raises(TypeError, match="clauses on findings"):
        compile_rules((on_answer,), (a_finding("f"),))
    with pytest.raises(TypeError, match="clauses on findings"):
        compile_rules((Not(on_finding),), (a_finding("f"),))
    circular = Finding("g", VALUES[:2], "own", "pooled", False, (("some", on_finding),), None, "product")
    with pytest.raises(TypeError, match="reads answers"):
        compile_reading((circular,), PooledReport)
