"""PostgreSQL keeps also reports, replies and what two share apart: for its owner, for the two, and for maintenance."""

from alembic import op

revision = "20261130t"
down_revision = "20261130s"
branch_labels = None
depends_on = None

PARTNER = "NULLIF(NULLIF(current_setting('rekindle.partner', true), ''), 'upkeep')::uuid"
COUPLES = f"SELECT own.couple_key FROM members own WHERE own.partner_key = {PARTNER}"  # noqa: S608
BOTH = f"SELECT one.partner_key FROM members one WHERE one.couple_key IN ({COUPLES})"  # noqa: S608
OF_THE_TWO = f"couple_key IN ({COUPLES})"
POLICIES = {
    "reports": f"partner_key = {PARTNER} OR partner_key IN ({BOTH})",
    "yeses": OF_THE_TWO,
    "appointments": OF_THE_TWO,
    "weeks": OF_THE_TWO,
    "mutual_answers": OF_THE_TWO,
    "kept_replies": "caller = current_setting('rekindle.caller', true)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, is_theirs in POLICIES.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY {table}_are_theirs_alone ON {table} "
                f"USING (current_setting('rekindle.partner', true) = 'upkeep' OR {is_theirs})"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in POLICIES:
            op.execute(f"DROP POLICY {table}_are_theirs_alone ON {table}")
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
