"""What maintenance reads, it finds by an index, a range at a time: lapsed rows, keys of an epoch, receipts."""

from alembic import op

revision = "20261130p"
down_revision = "20261130f"
branch_labels = None
depends_on = None

INDEXES = {
    "data_keys_by_epoch_and_owner": "data_keys (epoch, owner)",
    "decisions_by_made_at": "decisions (made_at)",
    "tokens_by_expires_at": "tokens (expires_at)",
    "yeses_by_until": "yeses (until)",
    "invitations_by_expires_at": "invitations (expires_at)",
    "invitations_by_used_at": "invitations (used_at)",
    "couples_by_rekey_at": "couples (rekey_at)",
    "erasures_by_subject_hash": "erasures (subject_hash)",
    "erasures_by_day": "erasures (erased_on, receipt)",
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        # Nobody is served by the version before: none was released that has these tables.
        op.execute(f"-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX {name} ON {columns}")
    op.execute("-- squawk-ignore require-concurrent-index-deletion\nDROP INDEX data_keys_by_epoch")


def downgrade() -> None:
    op.create_index("data_keys_by_epoch", "data_keys", ["epoch"])
    for name, columns in INDEXES.items():
        op.drop_index(name, table_name=columns.split()[0])
