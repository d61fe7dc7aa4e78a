"""Self-reports from answers by their paths, and self-reports as they are posted."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.engine.plain_values import Plain, to_plain, without_none
from app.engine.self_report import SelfReport, answer_at
from app.engine.vocabulary import ALL_SKIPPED, ANSWERS, GROUPS, questions_behind

Answers = Mapping[str, Any]
"""Some answers of a report by their paths."""


def report_of(answers: Answers) -> SelfReport:
    """Return a report with these answers and no other; `safety.all_skipped` becomes a skip of each safety question."""
    answers = _with_skips(answers)
    groups: dict[str, dict[str, Any]] = {}
    whole: dict[str, Any] = {}
    for path, value in answers.items():
        group, _, name = path.partition(".")
        if name:
            groups.setdefault(group, {})[name] = value
        else:
            whole[group] = value
    return SelfReport(**whole, **{group: GROUPS[group](**values) for group, values in groups.items()})


def _with_skips(answers: Answers) -> Answers:
    if ALL_SKIPPED not in answers:
        return answers
    rest = {path: value for path, value in answers.items() if path != ALL_SKIPPED}
    questions = questions_behind(ALL_SKIPPED)
    # One question that was answered is enough for not all to be skipped.
    return dict.fromkeys(questions, "skip") | rest if answers[ALL_SKIPPED] else {questions[0]: "no"} | rest


def answers_of(report: SelfReport) -> Iterator[tuple[str, Any]]:
    """Yield the path and value of every answer that is there, in the order of the fields."""
    return ((path, value) for path in ANSWERS if (value := answer_at(report, path)) is not None)


def as_posted(report: SelfReport) -> Plain:
    """Return the report as the API receives it."""
    return without_none(to_plain(report))
