"""Self-reports from answers by their paths, and self-reports as they are posted."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from app.engine.self_report import SelfReport
from app.rulesets.canonical import Plain

Answers = Mapping[str, Any]
"""Some answers of a report by their paths."""

_GROUPS: Mapping[str, type] = {
    name: group
    for name, annotation in get_type_hints(SelfReport).items()
    for group in get_args(annotation)
    if isinstance(group, type) and is_dataclass(group)
}


def report_of(answers: Answers) -> SelfReport:
    """Return a report with these answers and no other."""
    groups: dict[str, dict[str, Any]] = {}
    whole: dict[str, Any] = {}
    for path, value in answers.items():
        group, _, name = path.partition(".")
        if name:
            groups.setdefault(group, {})[name] = value
        else:
            whole[group] = value
    return SelfReport(**whole, **{group: _GROUPS[group](**values) for group, values in groups.items()})


def answers_of(report: SelfReport) -> Iterator[tuple[str, Any]]:
    """Yield the path and value of every answer that is there, in the order of the fields."""
    for field in fields(report):
        value = getattr(report, field.name)
        if value is not None and field.name in _GROUPS:
            named = ((answer.name, getattr(value, answer.name)) for answer in fields(value))
            yield from ((f"{field.name}.{name}", value) for name, value in named if value is not None)
        elif value is not None:
            yield field.name, value


def as_posted(report: SelfReport) -> Plain:
    """Return the report as the API receives it: plain values, sets as sorted lists."""
    posted: Plain = {}
    for path, value in answers_of(report):
        group, _, name = path.partition(".")
        plain = sorted(value) if isinstance(value, frozenset) else dict(value) if isinstance(value, Mapping) else value
        if name:
            posted.setdefault(group, {})[name] = plain
        else:
            posted[group] = plain
    return posted
