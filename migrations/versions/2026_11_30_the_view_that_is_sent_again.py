"""The quiet view that a partner read last is kept, to be sent again while nothing has changed."""

import sqlalchemy as sa
from alembic import op

revision = "20261130f"
down_revision = "20261130b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_views",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "mark",
            sa.LargeBinary(length=32),
            nullable=False,
            comment="A keyed digest of all that it is made from on its day.",
        ),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="The quiet view as it was sent."),
        sa.CheckConstraint("length(mark) = 32", name=op.f("kept_views_are_known_by_their_inputs")),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("kept_views_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", name=op.f("kept_views_pk")),
        comment="The quiet view that a partner read last, to be sent again while nothing has changed.",
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE kept_views ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE kept_views FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY kept_views_are_their_owners_alone ON kept_views "
            "USING (current_setting('rekindle.partner', true) IN (partner_key::text, 'upkeep'))"
        )


def downgrade() -> None:
    op.drop_table("kept_views")
