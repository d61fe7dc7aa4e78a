from sqlalchemy import Column, Date, Index, Integer, Table

from app.store.schema.columns import Digest, PublicId, metadata

erasures = Table(
    "erasures",
    metadata,
    Column("receipt", PublicId, primary_key=True),
    Column("subject_hash", Digest, nullable=False, comment="SHA-256 of the id; a restore erases it anew."),
    Column("erased_on", Date, nullable=False),
    Column("epoch", Integer, nullable=False, comment="The last key-encryption key that could open what was erased."),
    Index(None, "subject_hash"),
    Index("erasures_by_day", "erased_on", "receipt"),
    comment="Who is gone, in a form that names nobody.",
)
