from sqlalchemy import CheckConstraint, Column, Index, Table

from app.store.schema.columns import Digest, Instant, Sealed, metadata, owned_by
from app.store.schema.couples import couples
from app.store.schema.partners import partners

choices = Table(
    "choices",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("mark", Digest, primary_key=True, comment="A keyed digest of the activity."),
    Column("sealed", Sealed, nullable=False, comment="The activity, what was chosen, and when."),
    CheckConstraint("length(mark) = 32", name="are_known_by_their_activity"),
    comment="Private yes, not now, not for us.",
)

yeses = Table(
    "yeses",
    metadata,
    Column("couple_key", owned_by(couples), primary_key=True),
    Column("mark", Digest, primary_key=True, comment="A keyed digest of the activity."),
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("until", Instant, nullable=False, comment="The weekly turn from which it no longer counts for the other."),
    CheckConstraint("length(mark) = 32", name="are_known_by_their_activity"),
    Index(None, "partner_key"),
    Index(None, "until"),
    comment="Where two of one mark meet, both said yes; one alone says nothing to anyone.",
)
