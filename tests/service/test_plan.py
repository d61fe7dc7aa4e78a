from datetime import UTC, datetime

import pytest

from app.service.plan import PlanTime, does_exist

TURN = datetime(2026, 11, 30, tzinfo=UTC)


def a_time(local: str, zone: str = "UTC") -> PlanTime:
    return PlanTime(datetime.fromisoformat(local), zone, set_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("local", "zone", "exists"),
    [
        ("2027-03-28T01:59", "Europe/Paris", True),
        ("2027-03-28T02:00", "Europe/Paris", False),
        ("2027-03-28T02:59", "Europe/Paris", False),
        ("2027-03-28T03:00", "Europe/Paris", True),
        ("2027-03-14T02:30", "America/New_York", False),
        ("2026-10-04T02:15", "Australia/Lord_Howe", False),
        ("2026-10-04T02:30", "Australia/Lord_Howe", True),
        ("2011-12-30T12:00", "Pacific/Apia", False),
        ("2027-10-31T02:30", "Europe/Paris", True),
    ],
)
def test_clocks_leave_out_some_times(local: str, zone: str, *, exists: bool) -> None:
    assert does_exist(datetime.fromisoformat(local), zone) is exists


@pytest.mark.parametrize(
    ("local", "zone", "starts_at"),
    [
        ("2027-10-31T02:30", "Europe/Paris", "2027-10-31T00:30:00+00:00"),
        ("2027-10-31T03:00", "Europe/Paris", "2027-10-31T02:00:00+00:00"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00+00:00"),
    ],
)
def test_of_a_time_that_exists_twice_the_first_is_meant(local: str, zone: str, starts_at: str) -> None:
    assert a_time(local, zone).starts_at.isoformat() == starts_at


@pytest.mark.parametrize(
    ("local", "counts"),
    [("2026-11-29T23:59", False), ("2026-11-30T00:00", True), ("2020-01-01T00:00", False), ("2027-06-01T00:00", True)],
)
def test_a_time_counts_until_its_week_is_over(local: str, *, counts: bool) -> None:
    assert a_time(local).counts(TURN) is counts
