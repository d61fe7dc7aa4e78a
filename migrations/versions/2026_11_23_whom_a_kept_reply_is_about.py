"""A kept reply says whom it is about, so that it goes with them."""

import sqlalchemy as sa
from alembic import op

revision = "20261123c"
down_revision = "20261123b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "kept_replies",
        sa.Column("about", sa.String(length=32), nullable=True, comment="The id of the partner it would bring back."),
    )


def downgrade() -> None:
    op.drop_column("kept_replies", "about")
