"""A report has the day on which it was answered, where that was before it arrived."""

import sqlalchemy as sa
from alembic import op

revision = "20261130d"
down_revision = "20261130c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "Up to a week before it arrived; weekly turns are not counted from it."
    op.add_column("reports", sa.Column("answered_on", sa.Date(), nullable=True, comment=comment))


def downgrade() -> None:
    op.drop_column("reports", "answered_on")
