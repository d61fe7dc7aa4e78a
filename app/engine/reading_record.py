"""Conversion of a reading to plain values, and back: findings, limits and tastes, and few answers.

Places in it are those of one ruleset, so only the ruleset that made a record can read it.
"""

from dataclasses import dataclass

from app.engine.answer_types import Kind
from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.offer import Limits, Reading, Taste
from app.engine.plain_values import Plain, from_plain
from app.engine.self_report import PooledReport, answer_at

_MINUTES = "busyness.minutes_per_week"


@dataclass(frozen=True, slots=True)
class ReadingRecord:
    """A reading in plain values: codes of findings, and sets in base 16.

    `sets` are the activities allowed, the facts stated, those vetoed, liked, loved, counted and kept up. `rated` holds,
    by path, the ratings that a finding compares with those of the other partner; `minutes_per_week` bounds a plan.
    """

    codes: tuple[int, ...]
    sets: tuple[str, ...]
    rated: dict[str, dict[Kind, int]]
    minutes_per_week: int | None = None


def to_reading_record(compiled: CompiledRuleset, reading: Reading) -> ReadingRecord:
    """Return what a reading amounts to, without the report that it was read from."""
    masks = (*reading.limits, *reading.taste, reading.kept_up)
    paths = {gap.of for _, gap in compiled.reading.gaps}
    rated = {path: answer_at(reading.report, path) for path in sorted(paths)}
    known = {path: dict(ratings) for path, ratings in rated.items() if ratings}
    minutes = answer_at(reading.report, _MINUTES)
    return ReadingRecord(tuple(reading.codes), tuple([f"{mask:x}" for mask in masks]), known, minutes)


def from_reading_record(record: ReadingRecord) -> Reading:
    """Return the reading; its report holds the few answers alone."""
    allowed, facts, vetoed, liked, loved, counted, kept_up = map(_mask, record.sets)
    plain: Plain = {}
    for path, answer in {**record.rated, _MINUTES: record.minutes_per_week}.items():
        group, _, name = path.partition(".")
        plain.setdefault(group, {})[name] = answer
    report = from_plain(PooledReport, plain)
    return Reading(report, record.codes, Limits(allowed, facts), Taste(vetoed, liked, loved, counted), kept_up)


def _mask(digits: str) -> Mask:
    return int(digits, 16)
