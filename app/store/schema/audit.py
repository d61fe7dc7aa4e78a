from sqlalchemy import CheckConstraint, Column, Date, Integer, String, Table

from app.store.schema.columns import Digest, PublicId, metadata

audit_events = Table(
    "audit_events",
    metadata,
    Column("partner_id", PublicId, primary_key=True, comment="Stays when the partner is gone: it names nobody then."),
    Column("number", Integer, primary_key=True),
    Column("event", String(32), nullable=False),
    Column("subject", PublicId, comment="The id of what it was about."),
    Column("happened_on", Date, nullable=False),
    Column("hash", Digest, nullable=False, comment="Keyed, over this row and the hash before it."),
    CheckConstraint("number > 0", name="are_counted"),
    CheckConstraint("length(hash) = 32", name="are_chained"),
    comment="What was done with one partner's data; rows are added and never changed.",
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("partner_id", PublicId, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", Digest, nullable=False),
    comment="The last event of each chain, so that none can be cut off unseen.",
)
