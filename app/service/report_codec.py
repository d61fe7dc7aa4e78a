"""Encoding of a self-report for storage, in two parts: pooled answers, and private ones without safety."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from app.engine.self_report import PooledReport, SelfReport, pool

PlainAnswers = dict[str, Any]


def encode_pooled(report: SelfReport) -> bytes:
    """Return the answers that may change the other's view; equal answers give equal bytes."""
    return _to_bytes(_plain(pool(report)))


def encode_private(report: SelfReport) -> bytes:
    """Return the answers that do not pool, without those about safety, which are never stored."""
    return _to_bytes(_without(plain_of(report), _plain(pool(report))))


def plain_of(report: SelfReport) -> PlainAnswers:
    """Return a report as JSON values, as it was sent, without the answers about safety."""
    plain: PlainAnswers = _plain(report)
    plain.pop("safety", None)
    return plain


def decode_pooled(pooled: bytes) -> PooledReport:
    report: PooledReport = _built(PooledReport, json.loads(pooled))
    return report


def decode_report(pooled: bytes, private: bytes) -> SelfReport:
    report: SelfReport = _built(SelfReport, _merged(json.loads(pooled), json.loads(private)))
    return report


def read_plain(pooled: bytes, private: bytes | None) -> PlainAnswers:
    """Return a stored report as JSON values; without private answers where `private` is None."""
    return _merged(json.loads(pooled), json.loads(private) if private else {})


def _to_bytes(plain: PlainAnswers) -> bytes:
    return json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()


def _plain(value: Any) -> Any:
    """Return JSON values, without unanswered fields, and with sets sorted."""
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _plain(answer) for name, answer in named if answer is not None}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: value[key] for key in sorted(value)}
    return value


def _without(whole: PlainAnswers, part: PlainAnswers) -> PlainAnswers:
    rest: PlainAnswers = {}
    for name, answer in whole.items():
        if name not in part:
            rest[name] = answer
        elif isinstance(answer, dict) and answer != part[name]:
            rest[name] = _without(answer, part[name])
    return rest


def _merged(one: PlainAnswers, other: PlainAnswers) -> PlainAnswers:
    merged = dict(one)
    for name, answer in other.items():
        both = isinstance(answer, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], answer) if both else answer
    return merged


def _built(kind: Any, plain: PlainAnswers) -> Any:
    made = {}
    for name, answer in plain.items():
        group, is_set = _FORMS[kind][name]
        made[name] = _built(group, answer) if group else frozenset(answer) if is_set else answer
    return kind(**made)


def _forms_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return, by field, the dataclass of a group or None, and whether the field is a set."""
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
