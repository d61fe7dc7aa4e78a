"""A self-report in the form in which it is sealed, parted into what pools and what stays its owner's."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from app.engine.self_report import PooledReport, SelfReport, pool

Plain = dict[str, Any]


def encode_pooled(report: SelfReport) -> bytes:
    """What the other's view may rest on, in one fixed spelling: equal answers are equal bytes."""
    return _to_bytes(_plain(pool(report)))


def encode_private(report: SelfReport) -> bytes:
    """All the rest, safety excepted, which is never stored."""
    return _to_bytes(_without(plain_of(report), _plain(pool(report))))


def plain_of(report: SelfReport) -> Plain:
    """As it was sent, without the answers about safety."""
    plain: Plain = _plain(report)
    plain.pop("safety", None)
    return plain


def decode_pooled(pooled: bytes) -> PooledReport:
    report: PooledReport = _built(PooledReport, json.loads(pooled))
    return report


def decode_report(pooled: bytes, private: bytes) -> SelfReport:
    report: SelfReport = _built(SelfReport, _merged(json.loads(pooled), json.loads(private)))
    return report


def read_plain(pooled: bytes, private: bytes | None) -> Plain:
    """As it was sent, without the answers about safety, and without the private part unless it is given."""
    return _merged(json.loads(pooled), json.loads(private) if private else {})


def _to_bytes(plain: Plain) -> bytes:
    return json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()


def _plain(value: Any) -> Any:
    """Without what was not answered; sets in one order."""
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _plain(answer) for name, answer in named if answer is not None}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: value[key] for key in sorted(value)}
    return value


def _without(whole: Plain, part: Plain) -> Plain:
    rest: Plain = {}
    for name, answer in whole.items():
        if name not in part:
            rest[name] = answer
        elif isinstance(answer, dict) and answer != part[name]:
            rest[name] = _without(answer, part[name])
    return rest


def _merged(one: Plain, other: Plain) -> Plain:
    merged = dict(one)
    for name, answer in other.items():
        both = isinstance(answer, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], answer) if both else answer
    return merged


def _built(kind: Any, plain: Plain) -> Any:
    made = {}
    for name, answer in plain.items():
        group, is_set = _FORMS[kind][name]
        made[name] = _built(group, answer) if group else frozenset(answer) if is_set else answer
    return kind(**made)


def _forms_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """For each field: the group that it is, and whether it is a set."""
    forms = {}
    for name, hint in get_type_hints(kind).items():
        options = get_args(hint)
        group = next((option for option in options if is_dataclass(option)), None)
        forms[name] = group, any(getattr(option, "__origin__", None) is frozenset for option in options)
    return forms


def _all_forms() -> dict[Any, dict[str, tuple[Any, bool]]]:
    forms = {kind: _forms_of(kind) for kind in (PooledReport, SelfReport)}
    for kind in list(forms):
        forms |= {group: _forms_of(group) for group, _ in forms[kind].values() if group}
    return forms


_FORMS = _all_forms()
