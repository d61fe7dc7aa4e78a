"""Encoding of a self-report for storage, in two parts: pooled answers, and private and mutual ones without safety.

Each part carries the version of the questions that it answers, and is lifted to the present one when it is read.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import msgspec

from app.engine.plain_values import Plain, without_none
from app.engine.self_report import OWN_KIND, OWN_SEASON, PooledReport, SelfReport, pool
from app.service.answers_by_path import KEEP_PRIVATE, as_report, by_path, is_private
from app.service.private_marks import NOTHING_OPENED, Mark, Opened, generation_in, generation_out
from app.store.crypto.vault import DataKey
from app.store.queries.reports import ReportRow
from app.store.queries.view_inputs import ViewInputRow

QUESTIONS = 2
"""The version of the questions; one that changes what a stored answer means has a function in `_LIFTS`."""
_VERSION, _MARKS = "questions", "marks"
Marks = Mapping[str, Mark]
_to_bytes = msgspec.json.Encoder(order="sorted").encode
_from_bytes = msgspec.json.Decoder().decode


def encode_pooled(report: SelfReport) -> bytes:
    """Return the answers that may change the other's view; equal answers give equal bytes."""
    return _to_bytes({_VERSION: QUESTIONS, **_plain(pool(report))})


class StoredAnswers(NamedTuple):
    """Both parts of a stored report as they were encoded, unsealed."""

    pooled: bytes
    private: bytes


class MarkedAnswers(NamedTuple):
    """A whole report as JSON values, with the mark of each private answer by its path."""

    plain: Plain
    marks: Marks

    def disclosed(self, opened: Opened) -> Plain:
        """Return the report without the private answers that may not be told."""
        answers = by_path(self.plain)
        unpooled = answers.pop(KEEP_PRIVATE, [])
        disclosed = {
            path: value
            for path, value in answers.items()
            if not is_private(path, unpooled) or self._is_told(path, opened)
        }
        told_kept = [path for path in unpooled if self._is_told(path, opened)]
        return as_report({**disclosed, **({KEEP_PRIVATE: told_kept} if told_kept else {})})

    def _is_told(self, path: str, opened: Opened) -> bool:
        mark = self.marks.get(path)
        return opened.tells(mark and mark.generation, path)


def marks_of(report: SelfReport, mark: Mark) -> dict[str, Mark]:
    """Return one mark for every private answer of a report, and for every path kept from the pool."""
    answers = by_path(_plain(replace(report, safety=None)))
    unpooled = answers.pop(KEEP_PRIVATE, [])
    return dict.fromkeys([*unpooled, *(path for path in answers if is_private(path, unpooled))], mark)


def encode_private(report: SelfReport, marks: Marks, pooled: bytes) -> bytes:
    """Return the answers that are not among the pooled ones, with their marks.

    Those about safety are never stored.
    """
    paths = defaultdict[Mark, list[str]](list)
    for path, mark in sorted(marks.items()):
        paths[mark].append(path)
    stored = [
        [mark.sent_on.isoformat(), generation_out(mark.generation), *paths[mark]] for mark in sorted(paths, key=str)
    ]
    whole = _plain(report)
    whole.pop("safety", None)
    own = _without(whole, _from_bytes(pooled))
    return _to_bytes({_VERSION: QUESTIONS, _MARKS: stored, **own})


def _plain(report: SelfReport | PooledReport) -> Plain:
    return without_none(msgspec.to_builtins(report, order="deterministic"))


def decode_pooled(pooled: bytes) -> PooledReport:
    """Return the pooled answers. Raises `ValueError`."""
    return msgspec.convert(read_plain(pooled, None), PooledReport)


def decode_report(pooled: bytes, private: bytes) -> SelfReport:
    """Return the whole report, without safety answers. Raises `ValueError`."""
    return msgspec.convert(read_plain(pooled, private), SelfReport)


def open_answers(data_key: DataKey, row: ReportRow | ViewInputRow, opened: Opened) -> Plain:
    """Return the answers of a sealed report that may be told, as JSON values."""
    if opened == NOTHING_OPENED:
        return read_plain(data_key.open("reports.pooled", row.key.hex, row.pooled), None)
    return read_marked(*open_report(data_key, row)).disclosed(opened)


def open_report(data_key: DataKey, row: ReportRow | ViewInputRow) -> StoredAnswers:
    """Unseal a report."""
    return StoredAnswers(
        data_key.open("reports.pooled", row.key.hex, row.pooled),
        data_key.open("private_answers.sealed", row.key.hex, row.private),
    )


def read_marked(pooled: bytes, private: bytes) -> MarkedAnswers:
    """Return all answers of a stored report with their marks; those stored without one open for nobody."""
    marks = {
        path: Mark(date.fromisoformat(day), generation_in(generation))
        for day, generation, *paths in _from_bytes(private).get(_MARKS, [])
        for path in paths
    }
    return MarkedAnswers(read_plain(pooled, private), marks)


def read_plain(pooled: bytes, private: bytes | None) -> Plain:
    """Return a stored report as JSON values; without private and mutual answers where `private` is None."""
    ours, own = _from_bytes(pooled), _from_bytes(private) if private else {}
    own.pop(_VERSION, None)
    own.pop(_MARKS, None)
    for version in range(ours.pop(_VERSION, 1), QUESTIONS):
        ours, own = _LIFTS[version](ours, own)
    return ours if private is None else _merged(ours, own)


def _lift_from_1(pooled: Plain, private: Plain) -> tuple[Plain, Plain]:
    """Return both parts with the interest in affection as mutual, the liking of touch and a separation as private."""
    pooled, private = dict(pooled), dict(private)
    likes = pooled.get("activity_preferences", {}).get("likes", {})
    if OWN_KIND in likes:
        pooled = _merged(pooled, {"activity_preferences": {"likes": likes}})
        pooled["activity_preferences"]["likes"] = {kind: rated for kind, rated in likes.items() if kind != OWN_KIND}
        private = _merged(private, {"activity_preferences": {"likes": {OWN_KIND: likes[OWN_KIND]}}})
    season = pooled.get("circumstances", {}).get("season", [])
    if OWN_SEASON in season:
        pooled = _merged(pooled, {"circumstances": {"season": [member for member in season if member != OWN_SEASON]}})
        private = _merged(private, {"circumstances": {"season": season}})
    affection = private.get("private", {}).get("affection_interest")
    if affection is not None:
        rest = {name: answer for name, answer in private["private"].items() if name != "affection_interest"}
        private = _merged({**private, "private": rest}, {"mutual": {"affection": affection}})
    return pooled, private


_LIFTS = {1: _lift_from_1}
"""By version, the function that makes both parts of a report those of the next version."""


def _without(whole: Plain, part: Plain) -> Plain:
    rest: Plain = {}
    for name, answer in whole.items():
        if name not in part:
            rest[name] = answer
        elif answer != part[name]:
            rest[name] = _without(answer, part[name]) if isinstance(answer, dict) else answer
    return rest


def _merged(one: Plain, other: Plain) -> Plain:
    merged = dict(one)
    for name, answer in other.items():
        both = isinstance(answer, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], answer) if both else answer
    return merged
