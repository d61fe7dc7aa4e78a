from datetime import UTC, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
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


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, also in SQLite, which forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Words(TypeDecorator[frozenset[str]]):
    """A set of words in one column, parted by spaces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, _dialect: Dialect) -> str | None:
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(value.split())


integrators = Table(
    "integrators",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("length(name) BETWEEN 1 AND 100", name="are_named"),
    comment="The apps and organisations that call the API.",
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("integrator_id", ForeignKey("integrators.id", ondelete="CASCADE"), nullable=False),
    Column("mode", String(4), nullable=False, comment="What test keys made and what live keys made never meet."),
    Column("scopes", Words, nullable=False, comment="What it may do, in words parted by spaces."),
    Column("hash", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the key, which is kept nowhere."),
    Column("last_four", String(4), nullable=False, comment="Enough to tell one's own keys apart in a list."),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    CheckConstraint("mode IN ('test', 'live')", name="are_test_or_live"),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    CheckConstraint("length(last_four) = 4", name="show_four_letters"),
    CheckConstraint("expires_at > created_at", name="expire_after_they_are_made"),
    CheckConstraint("revoked_at >= created_at", name="are_revoked_after_they_are_made"),
    Index(None, "integrator_id"),
    comment="The keys of integrators.",
)
