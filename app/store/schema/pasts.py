from sqlalchemy import Column, Table

from app.store.schema.columns import Sealed, metadata, owned_by
from app.store.schema.partners import partners

pasts = Table(
    "pasts",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="What was shown and done last, and since when they answer."),
    comment="What a partner's past amounts to, folded at every write.",
)
