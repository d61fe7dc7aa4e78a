from sqlalchemy import Column, Index, Table

from app.store.schema.columns import Instant, Sealed, metadata, owned_by
from app.store.schema.couples import couples
from app.store.schema.partners import partners

weeks = Table(
    "weeks",
    metadata,
    Column("couple_key", owned_by(couples), primary_key=True),
    Column("until", Instant, nullable=False, comment="The weekly turn at which it is over."),
    Column("sealed", Sealed, nullable=False, comment="Readings of both, open yeses, shared times, what is agreed."),
    Index(None, "until"),
    comment="What each of the two sees of the other until the next weekly turn, whatever the other does.",
)

mutual_answers = Table(
    "mutual_answers",
    metadata,
    Column("couple_key", owned_by(couples), primary_key=True),
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="The mutual answers of the last two weeks, and when they came."),
    Index(None, "partner_key"),
    comment="Sealed for the link: where both said the same at two turns, it is agreed; one alone says nothing.",
)
