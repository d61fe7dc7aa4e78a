from sqlalchemy import CheckConstraint, Column, Index, SmallInteger, String, Table

from app.store.schema.columns import Digest, Instant, PublicId, Sealed, metadata

kept_replies = Table(
    "kept_replies",
    metadata,
    Column("caller", String(32), primary_key=True, comment="The id of the partner, or of the integrator and its mode."),
    Column("key_hash", Digest, primary_key=True, comment="SHA-256 of the Idempotency-Key."),
    Column("request_hash", Digest, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("status", SmallInteger),
    Column("sealed", Sealed, comment="Body and headers of the first answer."),
    Column("about", PublicId, comment="The id of the partner it would bring back."),
    CheckConstraint("length(key_hash) = 32", name="are_known_by_their_key"),
    CheckConstraint("(status IS NULL) = (sealed IS NULL)", name="are_whole"),
    Index(None, "expires_at"),
    comment="First answers, so that a retry is answered alike and does nothing twice.",
)
