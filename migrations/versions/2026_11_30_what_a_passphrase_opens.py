"""A passphrase has a generation, and a token the one that it is unlocked with."""

import sqlalchemy as sa
from alembic import op

revision = "20261130c"
down_revision = "20261130b"
branch_labels = None
depends_on = None

COMMENT = "What unlocks the full view. It opens what was sent over a token unlocked with it."
COMMENT_BEFORE = "What unlocks the full view. No key replaces it."


def upgrade() -> None:
    generation = "Of what it opens; one set without the one before has another."
    op.add_column("passphrases", sa.Column("generation", sa.Uuid(), nullable=True, comment=generation))
    unlocked_with = "The generation of the passphrase that unlocked it."
    op.add_column("tokens", sa.Column("unlocked_with", sa.Uuid(), nullable=True, comment=unlocked_with))
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("passphrases", COMMENT, existing_comment=COMMENT_BEFORE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("passphrases", COMMENT_BEFORE, existing_comment=COMMENT)
    op.drop_column("tokens", "unlocked_with")
    op.drop_column("passphrases", "generation")
