"""The present that tests are told: no test reads the clock of the machine."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def now() -> datetime:
    """The clock of every application that a test builds."""
    return NOW
