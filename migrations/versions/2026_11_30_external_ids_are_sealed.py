"""External ids are sealed, and found by a keyed mark.

A migration has no keys: the server seals the plain ones that are there within its first minutes, and finds them until
then.
"""

import sys

import sqlalchemy as sa
from alembic import op

revision = "20261130r"
down_revision = "20261130q"
branch_labels = None
depends_on = None

COMMENT = "Plain, from before it was sealed; maintenance seals it."
COMMENT_BEFORE = "What the integrator calls them, so that a retry finds its own."


def upgrade() -> None:
    mark = "A keyed digest of the external id, so that a retry finds its own."
    with op.batch_alter_table("partners") as partners:
        partners.add_column(sa.Column("external_mark", sa.LargeBinary(length=32), nullable=True, comment=mark))
        partners.add_column(
            sa.Column("external_sealed", sa.LargeBinary(), nullable=True, comment="What the integrator calls them.")
        )
        if op.get_bind().dialect.name == "postgresql":
            partners.alter_column("external_id", comment=COMMENT, existing_comment=COMMENT_BEFORE)
        if op.get_bind().dialect.name == "sqlite":
            partners.create_unique_constraint("partners_are_marked_once", ["integrator_id", "mode", "external_mark"])
    # Nobody is served by the version before: none was released that has these tables.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid\n"
            "ALTER TABLE partners ADD CONSTRAINT partners_are_marked_once UNIQUE (integrator_id, mode, external_mark)"
        )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX partners_to_be_sealed ON partners (key) WHERE external_id IS NOT NULL"
    )
    plain = op.get_bind().execute(sa.text("SELECT count(*) FROM partners WHERE external_id IS NOT NULL")).scalar_one()
    if plain:
        sys.stderr.write(f"External ids that maintenance is going to seal: {plain}\n")


def downgrade() -> None:
    with op.batch_alter_table("partners") as partners:
        partners.drop_index("partners_to_be_sealed")
        partners.drop_constraint("partners_are_marked_once", type_="unique")
        partners.drop_column("external_sealed")
        partners.drop_column("external_mark")
        if op.get_bind().dialect.name == "postgresql":
            partners.alter_column("external_id", comment=COMMENT_BEFORE, existing_comment=COMMENT)
