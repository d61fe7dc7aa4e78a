from sqlalchemy import CheckConstraint, Column, Index, Table

from app.store.schema.columns import Digest, PublicId, Sealed, metadata, owned_by
from app.store.schema.couples import couples
from app.store.schema.partners import partners

plan_items = Table(
    "plan_items",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("id", PublicId, primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="The title chosen for it; when alone, also the time."),
    comment="What one partner set about an item of their plan.",
)

appointments = Table(
    "appointments",
    metadata,
    Column("couple_key", owned_by(couples), primary_key=True),
    Column("mark", Digest, primary_key=True),
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="When this one wants to do it, and since when; or no longer."),
    CheckConstraint("length(mark) = 32", name="are_known_by_their_activity"),
    Index(None, "partner_key"),
    comment="The time of what both said yes to, as each set it last: the later counts.",
)

calendars = Table(
    "calendars",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("hash", Digest, nullable=False, unique=True, comment="SHA-256 of the secret in its address."),
    Column("api_key_id", PublicId, comment="The key that minted the token which opened it."),
    CheckConstraint("length(hash) = 32", name="are_hashed"),
    comment="Addresses under which a calendar program finds one partner's plan.",
)
