"""The state of daily maintenance, and what a server has to be to serve this database."""

from sqlalchemy import CheckConstraint, Column, Date, SmallInteger, String, Table

from app.store.schema.columns import Digest, Instant, metadata

upkeep = Table(
    "upkeep",
    metadata,
    Column("task", String(32), primary_key=True),
    Column("done_on", Date),
    Column("taken_until", Instant, comment="By a process that may have died; then it is free again."),
    Column("done_at", Instant, comment="When all of it was done last."),
    comment="What is done once a day by one process of many.",
)

key_files = Table(
    "key_files",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", Digest, nullable=False, comment="A keyed digest that only this file of keys makes."),
    CheckConstraint("number = 1", name="are_one"),
    CheckConstraint("length(fingerprint) = 32", name="are_known_by_a_digest"),
    comment="The file of keys that belongs to this database.",
)

served_revisions = Table(
    "served_revisions",
    metadata,
    Column("revision", String(32), primary_key=True),
    comment="The newest revision that a version of the server knows, where it may serve these tables.",
)
