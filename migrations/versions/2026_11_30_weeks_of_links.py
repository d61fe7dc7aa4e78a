"""What each of two sees of the other is taken once a week; times that were set before this have to be set again."""

import sqlalchemy as sa
from alembic import op

revision = "20261130b2"
down_revision = "20261130d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "couples",
        sa.Column(
            "rekey_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The turn at which its data key is replaced: one was erased.",
        ),
    )
    op.create_table(
        "weeks",
        sa.Column("couple_key", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="The weekly turn at which it is over."),
        sa.Column(
            "sealed",
            sa.LargeBinary,
            nullable=False,
            comment="Readings of both, open yeses, shared times, what is agreed.",
        ),
        sa.ForeignKeyConstraint(["couple_key"], ["couples.key"], name=op.f("weeks_couple_key_fk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("couple_key", name=op.f("weeks_pk")),
        comment="What each of the two sees of the other until the next weekly turn, whatever the other does.",
    )
    op.create_index(op.f("weeks_by_until"), "weeks", ["until"], unique=False)
    _create_for_both(
        "mutual_answers",
        [],
        "The mutual answers of the last two weeks, and when they came.",
        "Sealed for the link: where both said the same at two turns, it is agreed; one alone says nothing.",
    )
    # Nobody is served by the version before: none was released that has this table.
    op.execute("-- squawk-ignore ban-drop-table\nDROP TABLE appointments")
    mark = sa.Column("mark", sa.LargeBinary(length=32), nullable=False)
    _create_for_both(
        "appointments",
        [mark, sa.CheckConstraint("length(mark) = 32", name=op.f("appointments_are_known_by_their_activity"))],
        "When this one wants to do it, and since when; or no longer.",
        "The time of what both said yes to, as each set it last: the later counts.",
    )


def _create_for_both(table: str, more: list[sa.Column[bytes] | sa.CheckConstraint], sealed: str, comment: str) -> None:
    """Create a table with a row for each of the two partners of a couple."""
    key = ["couple_key", *(["mark"] if more else []), "partner_key"]
    op.create_table(
        table,
        sa.Column("couple_key", sa.Uuid(), nullable=False),
        *more,
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment=sealed),
        *[
            sa.ForeignKeyConstraint([column], [owner], name=op.f(f"{table}_{column}_fk"), ondelete="CASCADE")
            for column, owner in (("couple_key", "couples.key"), ("partner_key", "partners.key"))
        ],
        sa.PrimaryKeyConstraint(*key, name=op.f(f"{table}_pk")),
        comment=comment,
    )
    op.create_index(op.f(f"{table}_by_partner_key"), table, ["partner_key"], unique=False)


def downgrade() -> None:
    op.drop_table("appointments")
    op.create_table(
        "appointments",
        sa.Column("couple_key", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="When the two want to do it."),
        sa.CheckConstraint("length(mark) = 32", name=op.f("appointments_are_known_by_their_activity")),
        sa.ForeignKeyConstraint(
            ["couple_key"], ["couples.key"], name=op.f("appointments_couple_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("couple_key", "mark", name=op.f("appointments_pk")),
        comment="The time of what both said yes to.",
    )
    op.drop_table("mutual_answers")
    op.drop_table("weeks")
    op.drop_column("couples", "rekey_at")
