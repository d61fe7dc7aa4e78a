"""The proof itself: everything holds of the shipped rules, what does not hold is shown, and no claim is too wide."""

from dataclasses import replace
from datetime import date
from itertools import count
from random import Random
from typing import NamedTuple

import pytest
import yaml
import z3

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import UNKNOWN, All, Clause
from app.engine.ruleset import Finding, Need, Rule
from app.rulesets.answer_space import AnswerSpace
from app.rulesets.library import Library
from app.rulesets.load import CONTENT
from app.rulesets.plain_reports import report_of
from app.rulesets.properties import Case, Property
from verification.cells import Cells
from verification.counterexamples import SolverTimeout, Violation
from verification.fit_terms import Fitting
from verification.judged import judge, judge_both, purposes_of
from verification.meetings import BACK, cells_of, grouped_by_answers
from verification.prove import PropertyOutcome, Prover, as_lines, proofs_of
from verification.random_answers import random_answers
from verification.solve import Solver, engine_agrees

MOST_QUESTIONS = 2_500
DEAR = ("limits-are-kept", "hard-times-bring-structure", "there-is-always-something")
"""Properties whose proof takes longer than that of all others together."""


class Proved(NamedTuple):
    outcomes: list[PropertyOutcome]
    questions: int
    """To the solver."""


@pytest.fixture(scope="module")
def prover(library: Library) -> Prover:
    """A prover with fewer random pairs than `rekindle prove` draws."""
    return Prover(library, pairs=200)


@pytest.fixture(scope="module")
def proved(library: Library, prover: Prover) -> Proved:
    """Everything but what is dear; every question to the solver is counted."""
    find, questions = Solver.find, count()

    def noted(solver: Solver, *asked: object) -> object:
        next(questions)
        return find(solver, *asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Solver, "find", noted)
        chosen = [each.id for each in library.properties if each.id not in DEAR]
        return Proved([*prover.prove(chosen)], next(questions))


@pytest.fixture
def outcomes(proved: Proved) -> list[PropertyOutcome]:
    return proved.outcomes


def test_the_solver_is_asked_few_questions(proved: Proved) -> None:
    assert 0 < proved.questions < MOST_QUESTIONS


def test_every_property_of_the_shipped_rules_holds(library: Library, outcomes: list[PropertyOutcome]) -> None:
    for outcome in outcomes:
        assert outcome.holds or not outcome.of.means, "\n".join(as_lines(library, outcome))


@pytest.mark.thorough
@pytest.mark.parametrize("dear", DEAR)
def test_so_does_what_is_dear(library: Library, prover: Prover, dear: str) -> None:
    (outcome,) = prover.prove([dear])

    assert outcome.holds, "\n".join(as_lines(library, outcome))


def test_every_means_that_a_property_names_was_used(outcomes: list[PropertyOutcome]) -> None:
    for outcome in outcomes:
        assert {means for means, _ in outcome.by} | {"argument"} >= set(outcome.of.means), outcome.of.id


def test_what_was_counted_is_said(outcomes: list[PropertyOutcome]) -> None:
    for outcome in outcomes:
        if "cells" in outcome.of.means:
            assert outcome.cells, outcome.of.id


def too_much() -> Property:
    """Something that does not hold: guided turns are not strongly called for by every couple."""
    case = Case(when=All(()), practices=("communication_exercises",), asks=(), strategies=(), need=None)
    return Property(id="too-much", kind="called_for", means=("solver", "cells"), cases=(case,))


def with_rules(library: Library, rules: tuple[Rule, ...]) -> Library:
    ruleset = replace(library.ruleset, rules=rules)
    return replace(library, ruleset=ruleset, compiled=compile_ruleset(ruleset))


def test_a_counterexample_can_be_read_and_run(library: Library) -> None:
    case = replace(too_much().cases[0], when=Clause("conflict", "==", ("occasional",), (1,)))
    (broken,) = Solver(library, 10_000).show(replace(too_much(), cases=(case,))).broken

    reports, said = yaml.safe_load(str(broken).partition("\n")[2]), dict(broken.reports)
    assert broken.says == "communication_exercises is called for too little"
    assert "occasional" in [report.get("conflict", {}).get("level") for report in reports.values()]
    judged = judge(library.compiled, report_of(said["a"]), report_of(said["b"]))
    assert not judged.offer.pair.called & library.compiled.index.by_practice["communication_exercises"]


def test_what_falls_is_shown_by_the_answers_that_differ_and_the_rule(library: Library) -> None:
    """A call for more, tied to the good value of a finding, ends as that worsens."""
    comfortable = Clause("silence", "==", ("comfortable",), (0,))
    model = next(rule for rule in library.ruleset.rules if rule.suggests)
    rule = replace(model, id="a-quiet-hobby", when=comfortable, suggests="begin_a_hobby", need=Need.strong)
    changed = with_rules(library, (*library.ruleset.rules, rule))
    (wanted,) = (each for each in library.properties if each.kind == "rises")

    (by_cells,) = Cells(changed).show(wanted).broken
    (by_solver,) = Solver(changed, 10_000).show(wanted).broken

    says = "begin_a_hobby is called for less when silence worsens"
    assert by_cells.says.startswith(f"{says} (silence: comfortable to ")
    assert by_cells.says.endswith("): see rules/a-quiet-hobby.yaml")
    assert by_solver.says == says
    assert {path for _, answers in by_solver.reports for path in answers} == {"communication.silence"}


@pytest.mark.thorough
def test_both_ways_see_what_does_not_hold(library: Library) -> None:
    assert not Cells(library).show(too_much()).holds
    assert not Solver(library, 10_000).show(too_much()).holds


def test_two_ways_that_disagree_are_a_failure(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = replace(too_much(), id="there-is-always-something")
    monkeypatch.setattr(Cells, "called_for", lambda *_: ())

    outcome = prover._prove(wanted)

    assert not outcome.holds
    assert any("disagree" in broken.says for broken in outcome.broken)


def test_what_is_not_shown_in_time_does_not_hold(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise SolverTimeout("timeout")

    monkeypatch.setattr(Solver, "find", never)

    (outcome,) = prover.prove(["hard-times-hold-back-big-steps"])

    assert not outcome.holds
    assert "not shown within 20 seconds: timeout" in outcome.broken[0].says


@pytest.mark.thorough
def test_every_example_of_a_cell_leads_there_in_the_engine(library: Library) -> None:
    compiled = library.compiled
    for group in grouped_by_answers(pooled(library)):
        for cell in cells_of(group)[:100]:
            _, _, pair = judge_both(compiled, report_of(cell.mine), report_of(cell.theirs))
            for finding in group:
                assert pair.codes[compiled.position[finding.id]] == cell.codes[finding.id], (finding.id, cell)


def test_whoever_is_heard_alone_has_nobody_on_the_other_side(library: Library) -> None:
    compiled = library.compiled
    for group in grouped_by_answers(pooled(library)):
        for cell in cells_of(group, heard=False)[:30]:
            _, _, pair = judge_both(compiled, report_of(cell.mine), None)
            for finding in group:
                assert pair.codes[compiled.position[finding.id]] == cell.codes[finding.id], (finding.id, cell)
                assert cell.codes[BACK + finding.id] == UNKNOWN


def pooled(library: Library) -> list[Finding]:
    return [finding for finding in library.ruleset.findings if finding.label == "pooled"]


def test_all_ways_to_answer_are_there(library: Library) -> None:
    """By hand: 3 levels and no answer; 8 feelings, each felt or not, and no answer, with 5 levels and 7, or none."""
    findings = {finding.id: finding for finding in library.ruleset.findings}

    assert len(AnswerSpace([findings["talk"]]).every) == 4
    feelings = [findings[name] for name in ("drifting", "unimportant", "appreciation", "thanks_due")]
    assert len(AnswerSpace(feelings).every) == (2**8 + 1) * 6 * 8


@pytest.mark.thorough
def test_random_reports_fall_into_the_cells(library: Library) -> None:
    """What the engine finds for random pairs is among the cells that are gone through."""
    random, compiled = Random(5), library.compiled
    ways = {
        names: {tuple((name, cell.codes[name]) for name in names) for cell in cells_of(group)}
        for group in grouped_by_answers(pooled(library))
        for names in [tuple(finding.id for finding in group)]
    }
    for _ in range(300):
        a, b = report_of(random_answers(random)), report_of(random_answers(random))
        _, _, pair = judge_both(compiled, a, b)
        for names, known in ways.items():
            assert tuple((name, pair.codes[compiled.position[name]]) for name in names) in known


def test_a_violation_is_written_with_its_reports_as_on_the_wire() -> None:
    answers = {"time_together.hours_per_week": 4.0, "closeness.feelings": frozenset(("lonely", "hopeful"))}
    says, _, reports = str(Violation("so it is", (("a", answers),))).partition("\n")

    assert says == str(Violation("so it is")) == "so it is"
    assert yaml.safe_load(reports) == {
        "a": {"time_together": {"hours_per_week": 4}, "closeness": {"feelings": ["hopeful", "lonely"]}}
    }


def not_yet(library: Library) -> PropertyOutcome:
    """A promise that nobody has shown so far."""
    wanted = next(each for each in library.properties if each.id == "the-quiet-page-tells-nothing")
    return PropertyOutcome(replace(wanted, kind="not_yet", means=()), (), (), 0.0)


def test_a_release_stores_what_came_of_each_property_that_is_shown(library: Library, prover: Prover) -> None:
    outcomes = [*prover.prove(["a-tender-season-is-gentle"]), not_yet(library)]

    proofs = proofs_of(library, outcomes, date(2026, 11, 23))

    assert (proofs.digest, proofs.proved_on) == (library.digest, "2026-11-23")
    assert list(proofs.by_property) == ["a-tender-season-is-gentle"]
    assert proofs.by_property["a-tender-season-is-gentle"].holds


def test_a_line_says_how_far_a_property_is_shown(library: Library, prover: Prover) -> None:
    outcomes = prover.prove(["hard-times-hold-back-big-steps", "a-change-does-what-it-says"])
    proved, tried = (next(as_lines(library, outcome)) for outcome in outcomes)

    assert proved.startswith("holds   hard-times-hold-back-big-steps (solver and cells; ")
    assert " cells; " in proved
    assert tried.startswith("holds   a-change-does-what-it-says (random; 200 inputs; 200 explanations; ")
    assert " changes answered anew; " in tried


def test_what_is_not_shown_yet_is_said_to_be_open(library: Library) -> None:
    (line,) = as_lines(library, not_yet(library))

    assert line.startswith("open    the-quiet-page-tells-nothing: ")


@pytest.mark.thorough
def test_each_single_thing_that_is_held_back_has_to_matter(library: Library) -> None:
    """Where the weekend is called for short of daily conflict alone, to hold it back there is in vain."""
    calm = Clause("conflict", "<", ("rare", "occasional", "frequent"), (0, 1, 2))
    retreat = ("retreat", *purposes_of(library.ruleset, "retreat"))
    rules = tuple(
        replace(rule, when=All((rule.when, calm))) if rule.suggests in retreat else rule
        for rule in library.ruleset.rules
    )
    changed = with_rules(library, rules)
    (wanted,) = (each for each in library.properties if each.kind == "counts")

    rule = "small-steps-before-new-ventures-in-chronic-conflict"
    expected = [f"{rule} holds back nothing of retreat that other rules do not decide without it"]
    assert [broken.says for broken in Cells(changed).show(wanted).broken] == expected
    assert [broken.says for broken in Solver(changed, 10_000).show(wanted).broken] == expected
    excused = replace(wanted, excused=(rule,))
    assert Cells(changed).show(excused).holds
    assert Solver(changed, 10_000).show(excused).holds


def test_a_private_finding_decides_for_its_owner_alone(library: Library) -> None:
    """Whoever reads acts as hurtful gets no surprise; for the pair, nobody has said so."""
    solver = Solver(library, 10_000)
    couple = solver.couple
    often = Clause("hurtful", "==", ("often",), (2,))

    assert solver.find(couple.holds(often, couple.alone)) is not None
    assert solver.find(couple.is_so(often), z3.Not(couple.withheld_ask("surprise"))) is None
    assert solver.find(couple.holds(often, couple.forth)) is None
    assert solver.find(couple.holds(often, couple.back)) is None


def test_a_wish_counts_in_full_for_one_who_is_heard_alone(library: Library) -> None:
    solver, rule = Solver(library, 10_000), "a-cause-in-common"
    couple, wanted = solver.couple, Clause("purpose", "==", ("wanted",), (0,))
    by_one = (couple.holds(wanted, couple.own), z3.Not(couple.holds(wanted, couple.other)))

    assert solver.find(couple.fires[rule], *by_one, z3.Not(couple.heard), couple.needs("join_a_cause", 3)) is not None
    assert solver.find(couple.fires[rule], *by_one, couple.heard, couple.wished_by_both[rule]) is None


def test_the_properties_of_the_content_all_have_a_kind_that_can_be_shown(library: Library) -> None:
    assert CONTENT.joinpath("properties.yaml").is_file()
    assert len(library.properties) >= 14


@pytest.mark.thorough
def test_the_engine_agrees_with_what_the_solver_finds_for_every_rule(library: Library) -> None:
    """Answers that the solver gives for each rule make it fire in the engine too, and all needs are the same."""
    solver, compiled = Solver(library, 10_000), library.compiled
    couple = solver.couple
    for bit, rule in enumerate(compiled.rules):
        for holds in (couple.fires[rule.id], z3.Not(couple.fires[rule.id])):
            model = solver.find(holds)
            if model is None:
                assert rule.need is not None  # what holds for every couple
                continue
            mine, theirs = couple.mine.answers(model), couple.theirs.answers(model)
            assert engine_agrees(library, couple, model, mine, theirs) == ""
            other = report_of(theirs) if z3.is_true(model.eval(couple.heard)) else None
            fired = judge(compiled, report_of(mine), other).fired
            assert bool(fired >> bit & 1) is not z3.is_not(holds)


def test_the_engine_agrees_with_what_the_solver_finds_to_fit(library: Library) -> None:
    solver, compiled = Solver(library, 10_000), library.compiled
    couple, heard = solver.couple, solver.couple.heard
    fitting = Fitting(library, couple)
    for bit in range(0, len(compiled.index.order), 9):
        fits, is_touch = fitting.fits(bit), compiled.index.order[bit].practice == "affection"
        for asked in (fits, z3.Not(fits)):
            for is_heard in (heard, z3.Not(heard)):
                model = solver.find(asked, is_heard)
                # Touch takes two yeses, so nothing of it fits one who is heard alone.
                if is_touch and asked is fits and is_heard is not heard:
                    assert model is None
                    continue
                assert model is not None
                mine, theirs = couple.mine.answers(model), couple.theirs.answers(model)
                other = report_of(theirs) if is_heard is heard else None
                fitted = judge(compiled, report_of(mine), other).offer.fitting >> bit & 1
                assert bool(fitted) is (asked is fits), compiled.index.order[bit].id
