"""Counterexamples of the solver, run through the engine: one that only the model has is a fault of the proof."""

import z3

from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from verification.judged import judge, need_of
from verification.symbols import SymbolicCouple

_NEED_LEVELS = (3, 2, 1)


def engine_agrees(library: Library, couple: SymbolicCouple, model: z3.ModelRef, mine: Answers, theirs: Answers) -> str:
    """Nothing when the engine judges these reports as the model does; else what is different."""

    def holds(symbol: object) -> bool:
        return bool(z3.is_true(model.eval(symbol, model_completion=True)))

    other = report_of({path: value for path, value in theirs.items() if not path.startswith("safety.")})
    judged = judge(library.compiled, report_of(mine), other if holds(couple.heard) else None)
    differences = []
    for purpose in library.compiled.purposes:
        need = next((k for k in _NEED_LEVELS if holds(couple.needs(purpose.id, k))), 0)
        is_withheld = not purpose.activities & ~judged.withheld
        # What asks for something may add up to all of a purpose, which no rule withholds as such.
        is_named = holds(couple.withheld(purpose.id))
        if need != need_of(judged.offer.pair, purpose.activities) or (is_named and not is_withheld):
            differences.append(purpose.id)
    return f" (the engine disagrees about {', '.join(differences)})" if differences else ""
