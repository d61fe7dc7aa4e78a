from sqlalchemy import Column, Date, Index, Table, Uuid

from app.store.schema.columns import PublicId, Sealed, metadata, owned_by
from app.store.schema.partners import partners

feedback = Table(
    "feedback",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", PublicId, nullable=False, unique=True),
    Column("partner_key", owned_by(partners), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("sealed", Sealed, nullable=False, comment="The activity, how it went, and how it felt."),
    Index("feedback_by_partner_and_day", "partner_key", "given_on", "key"),
    comment="Private to the one who gave it.",
)
