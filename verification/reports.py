"""Reports from answers by their paths, safety answers among them."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from app.engine.self_report import SelfReport
from verification.shown import Answers

_GROUPS: Mapping[str, type] = MappingProxyType(
    {
        name: kind
        for name, annotation in get_type_hints(SelfReport).items()
        for kind in get_args(annotation)
        if isinstance(kind, type) and is_dataclass(kind)
    }
)


def report_of(answers: Answers) -> SelfReport:
    """A report with these answers and no other."""
    groups: dict[str, dict[str, Any]] = {}
    whole: dict[str, Any] = {}
    for path, value in answers.items():
        group, _, name = path.partition(".")
        if name:
            groups.setdefault(group, {})[name] = value
        else:
            whole[group] = value
    return SelfReport(**whole, **{group: _GROUPS[group](**said) for group, said in groups.items()})
