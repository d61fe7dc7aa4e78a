"""The weekly turn, Monday 00:00 UTC, at which pooled answers enter and leave the other's view and a yes lapses."""

from datetime import UTC, datetime, time, timedelta

WEEK = timedelta(days=7)
FRESH_FOR = timedelta(days=28)


def turn_at_or_before(moment: datetime) -> datetime:
    """The turn with which the week of this moment began."""
    moment = moment.astimezone(UTC)
    monday = moment.date() - timedelta(days=moment.weekday())
    return datetime.combine(monday, time(), UTC)


def turn_after(moment: datetime) -> datetime:
    """The first turn that is still to come."""
    return turn_at_or_before(moment) + WEEK


def second_turn_after(moment: datetime) -> datetime:
    """When a yes lapses."""
    return turn_after(moment) + WEEK
