"""What one partner's past amounts to is one row, and the first time of a link is kept with its draw."""

import sqlalchemy as sa
from alembic import op

revision = "20261130b"
down_revision = "20261130a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "couples",
        sa.Column("seed", sa.String(length=32), nullable=True, comment="Random; settles what is equal for the two."),
    )
    op.add_column(
        "couples",
        sa.Column(
            "first_at", sa.DateTime(timezone=True), nullable=True, comment="When both had answered, once and for all."
        ),
    )
    op.create_table(
        "pasts",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "sealed",
            sa.LargeBinary,
            nullable=False,
            comment="What was shown and done last, and since when they answer.",
        ),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("pasts_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", name=op.f("pasts_pk")),
        comment="What a partner's past amounts to, folded at every write.",
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE pasts ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE pasts FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY pasts_are_their_owners_alone ON pasts "
            "USING (current_setting('rekindle.partner', true) IN (partner_key::text, 'upkeep'))"
        )


def downgrade() -> None:
    op.drop_table("pasts")
    op.drop_column("couples", "first_at")
    op.drop_column("couples", "seed")
