from sqlalchemy import CheckConstraint, Column, Date, Index, SmallInteger, String, Table, UniqueConstraint, Uuid, text

from app.store.schema.columns import Digest, Instant, PublicId, Sealed, metadata, owned_by
from app.store.schema.integrators import integrators

partners = Table(
    "partners",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", PublicId, nullable=False, unique=True),
    Column("integrator_id", owned_by(integrators), nullable=False),
    Column("mode", String(4), nullable=False),
    Column("external_id", String(128), comment="Plain, from before it was sealed; maintenance seals it."),
    Column("country", String(2)),
    Column("locale", String(35)),
    Column("time_zone", String(64)),
    Column("created_on", Date, nullable=False, comment="The day on which adulthood was attested."),
    Column("external_mark", Digest, comment="A keyed digest of the external id, so that a retry finds its own."),
    Column("external_sealed", Sealed, comment="What the integrator calls them."),
    CheckConstraint("mode IN ('test', 'live')", name="are_test_or_live"),
    UniqueConstraint("integrator_id", "mode", "external_id", name="partners_are_known_once"),
    UniqueConstraint("integrator_id", "mode", "external_mark", name="partners_are_marked_once"),
    Index(
        "partners_to_be_sealed",
        "key",
        postgresql_where=text("external_id IS NOT NULL"),
        sqlite_where=text("external_id IS NOT NULL"),
    ),
    comment="One person each. No name, no address, no date of birth.",
)

passphrases = Table(
    "passphrases",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="The Argon2id form of the passphrase."),
    Column("generation", Uuid, comment="Of what it opens; one set without the one before has another."),
    Column("failures", SmallInteger, nullable=False),
    Column("paused_until", Instant),
    comment="What unlocks the full view. It opens what was sent over a token unlocked with it.",
)

tokens = Table(
    "tokens",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", PublicId, nullable=False, unique=True),
    Column("partner_key", owned_by(partners), nullable=False),
    Column("hash", Digest, nullable=False, unique=True, comment="SHA-256 of the token, kept nowhere else."),
    Column("api_key_id", PublicId, nullable=False, comment="The key that minted it."),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("unlocked_until", Instant),
    Column("unlocked_with", Uuid, comment="The generation of the passphrase that unlocked it."),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    CheckConstraint("expires_at > created_at", name="expire_after_they_are_made"),
    Index(None, "partner_key"),
    Index(None, "expires_at"),
    comment="What a front end holds for a while to act as one partner.",
)
