from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
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
        if value is None or value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """None for PostgreSQL, whose driver gives every moment in UTC."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)


class Words(TypeDecorator[frozenset[str]]):
    """A set of words in one column, parted by spaces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, _dialect: Dialect) -> str | None:
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(value.split())


class Sealed(LargeBinary):
    """Encrypted before it comes here, with a key of its owner (`app.store.crypto.vault`)."""


def _of(owner: str) -> ForeignKey:
    """Gone with its owner."""
    return ForeignKey(f"{owner}.key", ondelete="CASCADE")


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

data_keys = Table(
    "data_keys",
    metadata,
    Column("owner", String(32), primary_key=True, comment="The public id of a partner, couple or integrator."),
    Column("epoch", Integer, nullable=False, comment="Which key-encryption key wraps it; those are kept elsewhere."),
    Column("wrapped", LargeBinary(60), nullable=False),
    CheckConstraint("epoch > 0", name="are_wrapped"),
    Index(None, "epoch"),
    comment="What opens the sealed columns of one owner. Without this row they are noise.",
)

partners = Table(
    "partners",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("integrator_id", ForeignKey("integrators.id", ondelete="CASCADE"), nullable=False),
    Column("mode", String(4), nullable=False),
    Column("external_id", String(128), comment="What the integrator calls them, so that a retry finds its own."),
    Column("country", String(2)),
    Column("locale", String(35)),
    Column("time_zone", String(64)),
    Column("created_on", Date, nullable=False, comment="The day on which adulthood was attested."),
    CheckConstraint("mode IN ('test', 'live')", name="are_test_or_live"),
    UniqueConstraint("integrator_id", "mode", "external_id", name="partners_are_known_once"),
    comment="One person each. No name, no address, no date of birth.",
)

passphrases = Table(
    "passphrases",
    metadata,
    Column("partner_key", _of("partners"), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="The Argon2id form of the passphrase."),
    Column("failures", SmallInteger, nullable=False),
    Column("paused_until", Instant),
    comment="What unlocks the full view. No key replaces it.",
)

tokens = Table(
    "tokens",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("partner_key", _of("partners"), nullable=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the token, kept nowhere else."),
    Column("api_key_id", String(32), nullable=False, comment="The key that minted it."),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("unlocked_until", Instant),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    CheckConstraint("expires_at > created_at", name="expire_after_they_are_made"),
    Index(None, "partner_key"),
    comment="What a front end holds for a while to act as one partner.",
)

couples = Table(
    "couples",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("integrator_id", ForeignKey("integrators.id", ondelete="CASCADE"), nullable=False),
    Column("mode", String(4), nullable=False),
    Column("created_on", Date, nullable=False),
    CheckConstraint("mode IN ('test', 'live')", name="are_test_or_live"),
    Index(None, "integrator_id"),
    comment="A link between two partners. What they do with it is theirs.",
)

members = Table(
    "members",
    metadata,
    Column("couple_key", _of("couples"), primary_key=True),
    Column("place", SmallInteger, primary_key=True, comment="1: who was there first; 2: who was invited."),
    Column("partner_key", _of("partners"), nullable=False),
    Column("standing", String(7), nullable=False, comment="Of this one alone: each leaves for themselves."),
    CheckConstraint("place IN (1, 2)", name="are_two"),
    CheckConstraint("standing IN ('waiting', 'linked', 'left')", name="wait_are_linked_or_left"),
    UniqueConstraint("couple_key", "partner_key", name="members_are_in_it_once"),
    Index(
        "members_are_linked_once",
        "partner_key",
        unique=True,
        postgresql_where=text("standing = 'linked'"),
        sqlite_where=text("standing = 'linked'"),
    ),
    Index(None, "partner_key"),
    comment="Who belongs to a couple.",
)

invitations = Table(
    "invitations",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("couple_key", _of("couples"), nullable=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the code, which is kept nowhere."),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    Index(None, "couple_key"),
    comment="Codes with which a second partner joins, once.",
)

consents = Table(
    "consents",
    metadata,
    Column("partner_key", _of("partners"), primary_key=True),
    Column("purpose", String(10), primary_key=True),
    Column("version", String(16), nullable=False, comment="Of the text that was agreed to."),
    Column("granted", Boolean, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("couple_key", _of("couples"), comment="Pooling is for one link."),
    CheckConstraint("purpose IN ('processing', 'pooling')", name="are_for_one_of_two"),
    CheckConstraint("(purpose = 'pooling' AND granted) = (couple_key IS NOT NULL)", name="to_pooling_are_for_a_couple"),
    comment="What each partner agreed to, and when.",
)

reports = Table(
    "reports",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("partner_key", _of("partners"), nullable=False),
    Column("reported_at", Instant, nullable=False, comment="Weekly turns are counted from it."),
    Column("pooled", Sealed, nullable=False, comment="The answers that may shape what the other is offered."),
    Index("reports_by_partner_and_time", "partner_key", "reported_at", "key"),
    comment="What each partner answered.",
)

private_answers = Table(
    "private_answers",
    metadata,
    Column("report_key", _of("reports"), primary_key=True),
    Column("partner_key", _of("partners"), nullable=False),
    Column("sealed", Sealed, nullable=False, comment="The answers that change their owner's own view alone."),
    Index(None, "partner_key"),
    comment="The private part of each report; there for every report, whatever was answered.",
)

held_support = Table(
    "held_support",
    metadata,
    Column("partner_key", _of("partners"), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="The kinds of support that were called for, and until when."),
    comment="What carries over of safety answers; there for everyone who reported, whatever was answered.",
)

decisions = Table(
    "decisions",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("partner_key", _of("partners"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ruleset", String(80), nullable=False),
    Column("digest", String(80), nullable=False),
    Column("inputs", LargeBinary(32), nullable=False, comment="A keyed digest of all that it was made from."),
    Column("sealed", Sealed, nullable=False, comment="Rule bits, activity ids and own answers; no text."),
    CheckConstraint("length(inputs) = 32", name="are_known_by_their_inputs"),
    Index("decisions_by_partner_and_time", "partner_key", "made_at", "key"),
    comment="Every view that was given, in a form from which it can be given again.",
)

choices = Table(
    "choices",
    metadata,
    Column("partner_key", _of("partners"), primary_key=True),
    Column("mark", LargeBinary(32), primary_key=True, comment="A keyed digest of the activity."),
    Column("sealed", Sealed, nullable=False, comment="The activity, what was chosen, and when."),
    CheckConstraint("length(mark) = 32", name="are_known_by_their_activity"),
    comment="Private yes, not now, not for us.",
)

yeses = Table(
    "yeses",
    metadata,
    Column("couple_key", _of("couples"), primary_key=True),
    Column("mark", LargeBinary(32), primary_key=True, comment="A keyed digest of the activity."),
    Column("partner_key", _of("partners"), primary_key=True),
    Column("until", Instant, nullable=False, comment="The weekly turn from which it no longer counts for the other."),
    CheckConstraint("length(mark) = 32", name="are_known_by_their_activity"),
    Index(None, "partner_key"),
    comment="Where two of one mark meet, both said yes; one alone says nothing to anyone.",
)

appointments = Table(
    "appointments",
    metadata,
    Column("couple_key", _of("couples"), primary_key=True),
    Column("mark", LargeBinary(32), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="When the two want to do it."),
    CheckConstraint("length(mark) = 32", name="are_known_by_their_activity"),
    comment="The time of what both said yes to.",
)

plan_items = Table(
    "plan_items",
    metadata,
    Column("partner_key", _of("partners"), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="The title chosen for it; when alone, also the time."),
    comment="What one partner set about an item of their plan.",
)

calendars = Table(
    "calendars",
    metadata,
    Column("partner_key", _of("partners"), primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the secret in its address."),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    comment="Addresses under which a calendar program finds one partner's plan.",
)

feedback = Table(
    "feedback",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("partner_key", _of("partners"), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("sealed", Sealed, nullable=False, comment="The activity, how it went, and how it felt."),
    Index("feedback_by_partner_and_day", "partner_key", "given_on", "key"),
    comment="Private to the one who gave it.",
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("partner_id", String(32), primary_key=True, comment="Stays when the partner is gone: it names nobody then."),
    Column("number", Integer, primary_key=True),
    Column("event", String(32), nullable=False),
    Column("subject", String(32), comment="The id of what it was about."),
    Column("happened_on", Date, nullable=False),
    Column("hash", LargeBinary(32), nullable=False, comment="Keyed, over this row and the hash before it."),
    CheckConstraint("number > 0", name="are_counted"),
    CheckConstraint("length(hash) = 32", name="are_chained"),
    comment="What was done with one partner's data; rows are added and never changed.",
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("partner_id", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    comment="The last event of each chain, so that none can be cut off unseen.",
)

kept_replies = Table(
    "kept_replies",
    metadata,
    Column("caller", String(32), primary_key=True, comment="The id of the partner, or of the integrator and its mode."),
    Column("key_hash", LargeBinary(32), primary_key=True, comment="SHA-256 of the Idempotency-Key."),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("status", SmallInteger),
    Column("sealed", Sealed, comment="Body and headers of the first answer."),
    Column("about", String(32), comment="The id of the partner it would bring back."),
    CheckConstraint("length(key_hash) = 32", name="are_known_by_their_key"),
    CheckConstraint("(status IS NULL) = (sealed IS NULL)", name="are_whole"),
    Index(None, "expires_at"),
    comment="First answers, so that a retry is answered alike and does nothing twice.",
)

erasures = Table(
    "erasures",
    metadata,
    Column("receipt", String(32), primary_key=True),
    Column("subject_hash", LargeBinary(32), nullable=False, comment="SHA-256 of the id; a restore erases it anew."),
    Column("erased_on", Date, nullable=False),
    Column("epoch", Integer, nullable=False, comment="The last key-encryption key that could open what was erased."),
    comment="Who is gone, in a form that names nobody.",
)

upkeep = Table(
    "upkeep",
    metadata,
    Column("task", String(32), primary_key=True),
    Column("done_on", Date),
    Column("taken_until", Instant, comment="By a process that may have died; then it is free again."),
    comment="What is done once a day by one process of many.",
)
