from sqlalchemy import CheckConstraint, Column, Index, String, Table, Uuid

from app.store.schema.columns import Digest, Instant, PublicId, Sealed, metadata, owned_by
from app.store.schema.partners import partners

decisions = Table(
    "decisions",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", PublicId, nullable=False, unique=True),
    Column("partner_key", owned_by(partners), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ruleset", String(80), nullable=False),
    Column("digest", String(80), nullable=False),
    Column("inputs", Digest, nullable=False, comment="A keyed digest of all that it was made from."),
    Column(
        "sealed",
        Sealed,
        nullable=False,
        comment="Ids of what was shown and said, and own answers and history; no text.",
    ),
    CheckConstraint("length(inputs) = 32", name="are_known_by_their_inputs"),
    Index("decisions_by_partner_and_time", "partner_key", "made_at", "key"),
    Index(None, "made_at"),
    comment="Every view that was given, in a form from which it can be given again.",
)

kept_views = Table(
    "kept_views",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("mark", Digest, nullable=False, comment="A keyed digest of all that it is made from on its day."),
    Column("sealed", Sealed, nullable=False, comment="The quiet view as it was sent."),
    CheckConstraint("length(mark) = 32", name="are_known_by_their_inputs"),
    comment="The quiet view that a partner read last, to be sent again while nothing has changed.",
)
