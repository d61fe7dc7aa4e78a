"""A reading that comes back from a record decides as the report does that it was read from."""

from collections.abc import Iterator
from json import dumps, loads

from app.engine.evaluate import evaluate
from app.engine.offer import Reading, read
from app.engine.plain_values import from_plain, to_plain
from app.engine.reading_record import ReadingRecord, from_reading_record, to_reading_record
from app.engine.self_report import PooledReport, SelfReport, pool
from app.rulesets.library import Library
from app.rulesets.sampling import sample_couples

COUPLES = 150


def couples() -> Iterator[tuple[SelfReport, PooledReport]]:
    for couple in sample_couples(range(COUPLES)):
        if couple.b is not None:
            yield couple.a, pool(couple.b)


def stored(library: Library, theirs: PooledReport) -> Reading:
    record = to_reading_record(library.compiled, read(library.compiled, theirs))
    return from_reading_record(from_plain(ReadingRecord, loads(dumps(to_plain(record)))))


def test_a_view_is_the_same_by_a_record(library: Library) -> None:
    for mine, theirs in couples():
        by_report = evaluate(library.compiled, mine, theirs)

        assert evaluate(library.compiled, mine, stored(library, theirs)) == by_report


def test_a_record_holds_no_report(library: Library) -> None:
    assert all(stored(library, theirs).report != theirs for _, theirs in couples())
