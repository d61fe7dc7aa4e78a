"""Tokens and calendar addresses end with the key that they come from, unless it was revoked with their stay."""

import sqlalchemy as sa
from alembic import op

revision = "20261130q"
down_revision = "20261130p"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keeps = "Whether its tokens work on when it is revoked."
    op.add_column(
        "api_keys", sa.Column("keeps_tokens", sa.Boolean(), server_default=sa.false(), nullable=False, comment=keeps)
    )
    opened = "The key that minted the token which opened it."
    op.add_column("calendars", sa.Column("api_key_id", sa.String(length=32), nullable=True, comment=opened))


def downgrade() -> None:
    op.drop_column("calendars", "api_key_id")
    op.drop_column("api_keys", "keeps_tokens")
