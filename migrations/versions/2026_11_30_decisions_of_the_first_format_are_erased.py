"""Decisions of the first format are erased, since this version cannot give their views again."""

import sys

import sqlalchemy as sa
from alembic import op

revision = "20261130a"
down_revision = "20261123c"
branch_labels = None
depends_on = None

COMMENT = "Ids of what was shown and said, and own answers and history; no text."
COMMENT_BEFORE = "Rule bits, activity ids and own answers; no text."


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # The rows are kept apart even from the owner of the table.
        connection.execute(sa.text("SELECT set_config('rekindle.partner', 'upkeep', true)"))
        op.alter_column("decisions", "sealed", comment=COMMENT, existing_comment=COMMENT_BEFORE)
    erased = connection.execute(sa.text("DELETE FROM decisions")).rowcount
    if erased:
        sys.stderr.write(f"Decisions erased because their format is retired: {erased}\n")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("decisions", "sealed", comment=COMMENT_BEFORE, existing_comment=COMMENT)
