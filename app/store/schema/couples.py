from sqlalchemy import CheckConstraint, Column, Date, Index, SmallInteger, String, Table, UniqueConstraint, Uuid, text

from app.store.schema.columns import Digest, Instant, PublicId, metadata, owned_by
from app.store.schema.integrators import integrators
from app.store.schema.partners import partners

couples = Table(
    "couples",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", PublicId, nullable=False, unique=True),
    Column("integrator_id", owned_by(integrators), nullable=False),
    Column("mode", String(4), nullable=False),
    Column("created_on", Date, nullable=False),
    Column("seed", String(32), comment="Random; settles what is equal for the two."),
    Column("first_at", Instant, comment="When both had answered, once and for all."),
    Column("rekey_at", Instant, comment="The turn at which its data key is replaced: one was erased."),
    CheckConstraint("mode IN ('test', 'live')", name="are_test_or_live"),
    Index(None, "integrator_id"),
    Index(None, "rekey_at"),
    comment="A link between two partners. What they do with it is theirs.",
)

members = Table(
    "members",
    metadata,
    Column("couple_key", owned_by(couples), primary_key=True),
    Column("place", SmallInteger, primary_key=True, comment="1: who was there first; 2: who was invited."),
    Column("partner_key", owned_by(partners), nullable=False),
    Column("standing", String(7), nullable=False, comment="Of this one alone: each leaves for themselves."),
    Column("opened_until", Instant, comment="When the last week ends that this one's own requests have opened."),
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
    Column("couple_key", owned_by(couples), nullable=False),
    Column("hash", Digest, nullable=False, unique=True, comment="SHA-256 of the code, which is kept nowhere."),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    Index(None, "couple_key"),
    Index(None, "expires_at"),
    Index(None, "used_at"),
    comment="Codes with which a second partner joins, once.",
)
