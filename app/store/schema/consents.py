from sqlalchemy import Boolean, CheckConstraint, Column, String, Table

from app.store.schema.columns import Instant, metadata, owned_by
from app.store.schema.couples import couples
from app.store.schema.partners import partners

consents = Table(
    "consents",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("purpose", String(10), primary_key=True),
    Column("version", String(16), nullable=False, comment="Of the text that was agreed to."),
    Column("granted", Boolean, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("couple_key", owned_by(couples), comment="Pooling is for one link."),
    CheckConstraint("purpose IN ('processing', 'pooling')", name="are_for_one_of_two"),
    CheckConstraint("(purpose = 'pooling' AND granted) = (couple_key IS NOT NULL)", name="to_pooling_are_for_a_couple"),
    comment="What each partner agreed to, and when.",
)
