"""Integrators and their keys."""

import sqlalchemy as sa
from alembic import op

revision = "20261123a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integrators",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name="are_named"),
        comment="The apps and organisations that call the API.",
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("integrator_id", sa.String(32), sa.ForeignKey("integrators.id", ondelete="CASCADE"), nullable=False),
        sa.Column(
            "mode",
            sa.String(4),
            nullable=False,
            comment="What test keys made and what live keys made never meet.",
        ),
        sa.Column("scopes", sa.Text, nullable=False, comment="What it may do, in words parted by spaces."),
        sa.Column(
            "hash",
            sa.LargeBinary(32),
            nullable=False,
            unique=True,
            comment="SHA-256 of the key, which is kept nowhere.",
        ),
        sa.Column("last_four", sa.String(4), nullable=False, comment="Enough to tell one's own keys apart in a list."),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("mode IN ('test', 'live')", name="are_test_or_live"),
        sa.CheckConstraint("length(hash) = 32", name="are_hashed"),
        sa.CheckConstraint("length(last_four) = 4", name="show_four_letters"),
        sa.CheckConstraint("expires_at > created_at", name="expire_after_they_are_made"),
        sa.CheckConstraint("revoked_at >= created_at", name="are_revoked_after_they_are_made"),
        sa.Index("api_keys_by_integrator_id", "integrator_id"),
        comment="The keys of integrators.",
    )


def downgrade() -> None:
    op.drop_table("api_keys")
    op.drop_table("integrators")
