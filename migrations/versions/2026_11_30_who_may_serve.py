"""A database knows its file of keys, and the versions of the server that may serve it."""

import sqlalchemy as sa
from alembic import op

revision = "20261130s"
down_revision = "20261130r"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_files",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "fingerprint",
            sa.LargeBinary(length=32),
            nullable=False,
            comment="A keyed digest that only this file of keys makes.",
        ),
        sa.CheckConstraint("number = 1", name=op.f("key_files_are_one")),
        sa.CheckConstraint("length(fingerprint) = 32", name=op.f("key_files_are_known_by_a_digest")),
        sa.PrimaryKeyConstraint("number", name=op.f("key_files_pk")),
        comment="The file of keys that belongs to this database.",
    )
    op.create_table(
        "served_revisions",
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("served_revisions_pk")),
        comment="The newest revision that a version of the server knows, where it may serve these tables.",
    )
    done_at = "When all of it was done last."
    op.add_column("upkeep", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True, comment=done_at))


def downgrade() -> None:
    op.drop_column("upkeep", "done_at")
    op.drop_table("served_revisions")
    op.drop_table("key_files")
