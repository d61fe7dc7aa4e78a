"""Members know until when their own requests have opened a week, so that the later ones only read it."""

import sqlalchemy as sa
from alembic import op

revision = "20261201a"
down_revision = "20261130t"
branch_labels = None
depends_on = None


def upgrade() -> None:
    opened = "When the last week ends that this one's own requests have opened."
    op.add_column("members", sa.Column("opened_until", sa.DateTime(timezone=True), nullable=True, comment=opened))


def downgrade() -> None:
    op.drop_column("members", "opened_until")
