"""Column types, and the metadata in which every table is registered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, ForeignKey, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_once",
        "ck": "%(table_name)s_%(constraint_name)s",
        "ix": "%(table_name)s_by_%(column_0_name)s",
    }
)

PublicId = String(32)
"""A prefix and 22 letters (`app.store.crypto.ids`), with room to spare."""
Digest = LargeBinary(32)
"""SHA-256, plain or keyed."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, also in SQLite, which forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return None for PostgreSQL, whose driver returns every moment in UTC."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)


class Words(TypeDecorator[frozenset[str]]):
    """A set of words in one column, separated by spaces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, _dialect: Dialect) -> str | None:
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(value.split())


class Sealed(LargeBinary):
    """Encrypted before it comes here, with a key of its owner (`app.store.crypto.vault`)."""


def owned_by(table: Table) -> ForeignKey:
    """Refer to the one primary key of `table`; the row goes with its owner."""
    [key] = table.primary_key.columns
    return ForeignKey(key, ondelete="CASCADE")
