from sqlalchemy import Column, Date, Index, Table, Uuid

from app.store.schema.columns import Instant, PublicId, Sealed, metadata, owned_by
from app.store.schema.partners import partners

reports = Table(
    "reports",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("id", PublicId, nullable=False, unique=True),
    Column("partner_key", owned_by(partners), nullable=False),
    Column("reported_at", Instant, nullable=False, comment="Weekly turns are counted from it."),
    Column("answered_on", Date, comment="Up to a week before it arrived; weekly turns are not counted from it."),
    Column("pooled", Sealed, nullable=False, comment="The answers that may shape what the other is offered."),
    Index("reports_by_partner_and_time", "partner_key", "reported_at", "key"),
    comment="What each partner answered.",
)

private_answers = Table(
    "private_answers",
    metadata,
    Column("report_key", owned_by(reports), primary_key=True),
    Column("partner_key", owned_by(partners), nullable=False),
    Column("sealed", Sealed, nullable=False, comment="The answers that change their owner's own view alone."),
    Index(None, "partner_key"),
    comment="The private part of each report; there for every report, whatever was answered.",
)

held_support = Table(
    "held_support",
    metadata,
    Column("partner_key", owned_by(partners), primary_key=True),
    Column("sealed", Sealed, nullable=False, comment="The kinds of support that were called for, and until when."),
    comment="What carries over of safety answers; there for everyone who reported, whatever was answered.",
)
