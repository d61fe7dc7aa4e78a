"""Counterexamples of the solver, run through the engine: one that only the model has is a fault of the proof."""

import z3

from app.engine.evaluate import evaluate
from app.engine.self_report import pool
from app.engine.verdicts import gate
from app.engine.vocabulary import PRACTICES
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from verification.symbols import SymbolicCouple

_NEED_LEVELS = (3, 2, 1)


def engine_agrees(library: Library, couple: SymbolicCouple, model: z3.ModelRef, mine: Answers, theirs: Answers) -> str:
    """Nothing when the engine judges these reports as the model does; else what is different."""
    compiled = library.compiled
    read = {path: value for path, value in theirs.items() if program_reads(path)}
    view = evaluate(compiled, report_of(mine), pool(report_of(read)))
    if view.verdicts is None:
        return " (the engine gives support instead)"
    gated = gate(compiled, view.verdicts)

    def holds(symbol: object) -> bool:
        return bool(z3.is_true(model.eval(symbol, model_completion=True)))

    differences = []
    for practice, engine_need in zip(PRACTICES, gated.needs, strict=True):
        need = next((k for k in _NEED_LEVELS if holds(couple.needs(practice, k))), 0)
        bit = 1 << PRACTICES.index(practice)
        withheld = bool((gated.withheld | gated.withheld_privately) & bit)
        if need != engine_need or withheld != holds(couple.withheld(practice)):
            differences.append(practice)
    return f" (the engine disagrees about {', '.join(differences)})" if differences else ""


def program_reads(path: str) -> bool:
    """Safety answers are left out: they lead to support before any rule is asked."""
    return not path.startswith("safety.")
