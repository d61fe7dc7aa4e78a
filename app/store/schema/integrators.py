from sqlalchemy import Boolean, CheckConstraint, Column, Index, String, Table, false

from app.store.schema.columns import Digest, Instant, PublicId, Words, metadata, owned_by

integrators = Table(
    "integrators",
    metadata,
    Column("id", PublicId, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("length(name) BETWEEN 1 AND 100", name="are_named"),
    comment="The apps and organisations that call the API.",
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", PublicId, primary_key=True),
    Column("integrator_id", owned_by(integrators), nullable=False),
    Column("mode", String(4), nullable=False, comment="What test keys made and what live keys made never meet."),
    Column("scopes", Words, nullable=False, comment="What it may do, in words parted by spaces."),
    Column("hash", Digest, nullable=False, unique=True, comment="SHA-256 of the key, which is kept nowhere."),
    Column("last_four", String(4), nullable=False, comment="Enough to tell one's own keys apart in a list."),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column(
        "keeps_tokens",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="Whether its tokens work on when it is revoked.",
    ),
    CheckConstraint("mode IN ('test', 'live')", name="are_test_or_live"),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    CheckConstraint("length(last_four) = 4", name="show_four_letters"),
    CheckConstraint("expires_at > created_at", name="expire_after_they_are_made"),
    CheckConstraint("revoked_at >= created_at", name="are_revoked_after_they_are_made"),
    Index(None, "integrator_id"),
    comment="The keys of integrators.",
)
