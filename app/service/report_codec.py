"""Encoding of a self-report for storage, in two parts: pooled answers, and private ones without safety."""

import json

from app.engine.plain_values import Plain, from_plain, to_plain, without_none
from app.engine.self_report import PooledReport, SelfReport, pool
from app.rulesets.canonical import to_bytes
from app.store.crypto.vault import DataKey
from app.store.queries.reports import ReportRow
from app.store.queries.view_inputs import ViewInputRow


def encode_pooled(report: SelfReport) -> bytes:
    """Return the answers that may change the other's view; equal answers give equal bytes."""
    return to_bytes(without_none(to_plain(pool(report))))


def encode_private(report: SelfReport) -> bytes:
    """Return the answers that do not pool, without those about safety, which are never stored."""
    whole = without_none(to_plain(report))
    whole.pop("safety", None)
    return to_bytes(_without(whole, without_none(to_plain(pool(report)))))


def decode_pooled(pooled: bytes) -> PooledReport:
    """Return the pooled answers. Raises `PlainValueError`."""
    return from_plain(PooledReport, json.loads(pooled))


def decode_report(pooled: bytes, private: bytes) -> SelfReport:
    """Return the whole report, without safety answers. Raises `PlainValueError`."""
    return from_plain(SelfReport, read_plain(pooled, private))


def open_answers(data_key: DataKey, row: ReportRow | ViewInputRow, *, whole: bool = True) -> Plain:
    """Return the answers of a sealed report as JSON values, without private ones unless `whole`."""
    pooled = data_key.open("reports.pooled", row.key.hex, row.pooled)
    private = data_key.open("private_answers.sealed", row.key.hex, row.private) if whole else None
    return read_plain(pooled, private)


def read_plain(pooled: bytes, private: bytes | None) -> Plain:
    """Return a stored report as JSON values; without private answers where `private` is None."""
    return _merged(json.loads(pooled), json.loads(private) if private else {})


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
