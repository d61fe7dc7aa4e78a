"""The state of daily maintenance."""

from sqlalchemy import Column, Date, String, Table

from app.store.schema.columns import Instant, metadata

upkeep = Table(
    "upkeep",
    metadata,
    Column("task", String(32), primary_key=True),
    Column("done_on", Date),
    Column("taken_until", Instant, comment="By a process that may have died; then it is free again."),
    comment="What is done once a day by one process of many.",
)
