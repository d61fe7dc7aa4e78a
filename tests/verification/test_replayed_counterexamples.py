"""What the solver finds is judged alike by the engine, so that a counterexample is never one of the model alone."""

from random import Random

from app.engine.conditions import Clause
from app.rulesets.library import Library
from verification.solve import Solver, engine_agrees

COUPLES, FINDINGS = 150, 3


def test_the_engine_agrees_about_couples_of_every_kind(library: Library) -> None:
    random, solver, found = Random(4), Solver(library, 60_000), 0
    findings = {finding.id: finding for finding in library.ruleset.findings}
    for _ in range(COUPLES):
        asked = [solver.couple.heard] if random.random() < 0.7 else []
        # What asks for care is read from the answers that depend on each other most.
        for name in sorted({"care", *random.sample([*findings], FINDINGS)}):
            code = random.randrange(len(findings[name].values))
            asked.append(solver.couple.is_so(Clause(name, "==", (findings[name].values[code],), (code,))))
        model = solver.find(*asked)
        if model is not None:
            mine, theirs = solver.couple.mine.answers(model), solver.couple.theirs.answers(model)
            assert not engine_agrees(library, solver.couple, model, mine, theirs)
            found += 1
    assert found > COUPLES / 2
