"""Which unanswered question would decide most, as if the other partner had not answered."""

from itertools import islice

from app.engine.compiled_ruleset import CompiledRuleset, answer_at
from app.engine.reading import Reading
from app.engine.view import AskNext, Verdicts

MOST_QUESTIONS = 3


def ask_next(compiled: CompiledRuleset, verdicts: Verdicts, own: Reading) -> tuple[AskNext, ...]:
    """The questions on which most rules and limits hang; never one about safety or anything private."""
    _, possible = compiled.judge(verdicts.own_codes, compiled.tables.possible)
    undecided = possible & ~verdicts.own_true & compiled.askable_rules
    hanging, own_held = dict(compiled.limits_hanging), verdicts.own_held
    for values, rules, questions in compiled.openings:
        if not own_held & values:
            left = undecided & rules
            for question in questions if left else ():
                hanging[question] = hanging.get(question, 0) | left
    counted = sorted([(-rules.bit_count(), question) for question, rules in hanging.items()])
    unanswered = (each for each in counted if answer_at(own.report, compiled.questions[each[1]]) is None)
    return tuple(
        [AskNext(compiled.questions[question], -count) for count, question in islice(unanswered, MOST_QUESTIONS)]
    )
