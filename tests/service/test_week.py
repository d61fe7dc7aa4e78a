from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.engine.self_report import Mutual
from app.service.week import MutualReport, held_at, still_asked_for
from app.service.weekly_boundary import WEEK, start_of_week

FIRST = datetime(2026, 3, 4, 12, tzinfo=UTC)
ANSWERS = (Mutual(affection="no"), Mutual(affection="open"), Mutual(affection="everyday_touch"), None)


@given(st.lists(st.tuples(st.integers(0, 9 * 24), st.sampled_from(ANSWERS)), min_size=1, max_size=30))
def test_no_later_turn_misses_a_mutual_answer_that_is_no_longer_stored(given: list[tuple[int, Mutual | None]]) -> None:
    at, every, stored = FIRST, (), ()  # type: tuple[datetime, tuple[MutualReport, ...], tuple[MutualReport, ...]]
    for hours, mutual in given:
        at += timedelta(hours=hours)
        report = MutualReport(at, mutual)
        every, stored = (*every, report), still_asked_for((*stored, report), start_of_week(at))
        for turn in (start_of_week(at) + weeks * WEEK for weeks in range(-1, 6)):
            assert held_at(stored, turn) == held_at(every, turn)


def test_however_many_reports_a_week_has_as_much_is_stored() -> None:
    stored: tuple[MutualReport, ...] = ()
    for hour in range(400):
        at = FIRST + timedelta(hours=hour)
        stored = still_asked_for((*stored, MutualReport(at, None)), start_of_week(at))

        assert len(stored) <= 3
