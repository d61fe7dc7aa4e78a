"""Partners, couples, and what each of them says, chooses and does over time."""

import sqlalchemy as sa
from alembic import op

revision = "20261123b"
down_revision = "20261123a"
branch_labels = None
depends_on = None

# Rows that only the partner who they are of may ever be shown: PostgreSQL keeps them apart a second time.
PRIVATE = ("private_answers", "held_support", "decisions", "choices", "plan_items", "feedback", "passphrases")


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column(
            "partner_id",
            sa.String(length=32),
            nullable=False,
            comment="Stays when the partner is gone: it names nobody then.",
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=True, comment="The id of what it was about."),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column(
            "hash", sa.LargeBinary(length=32), nullable=False, comment="Keyed, over this row and the hash before it."
        ),
        sa.CheckConstraint("length(hash) = 32", name=op.f("audit_events_are_chained")),
        sa.CheckConstraint("number > 0", name=op.f("audit_events_are_counted")),
        sa.PrimaryKeyConstraint("partner_id", "number", name=op.f("audit_events_pk")),
        comment="What was done with one partner's data; rows are added and never changed.",
    )
    op.create_table(
        "audit_heads",
        sa.Column("partner_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("audit_heads_pk")),
        comment="The last event of each chain, so that none can be cut off unseen.",
    )
    op.create_table(
        "data_keys",
        sa.Column(
            "owner", sa.String(length=32), nullable=False, comment="The public id of a partner, couple or integrator."
        ),
        sa.Column(
            "epoch",
            sa.Integer(),
            nullable=False,
            comment="Which key-encryption key wraps it; those are kept elsewhere.",
        ),
        sa.Column("wrapped", sa.LargeBinary(length=60), nullable=False),
        sa.CheckConstraint("epoch > 0", name=op.f("data_keys_are_wrapped")),
        sa.PrimaryKeyConstraint("owner", name=op.f("data_keys_pk")),
        comment="What opens the sealed columns of one owner. Without this row they are noise.",
    )
    op.create_index(op.f("data_keys_by_epoch"), "data_keys", ["epoch"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_hash",
            sa.LargeBinary(length=32),
            nullable=False,
            comment="SHA-256 of the id; a restore erases it anew.",
        ),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column(
            "epoch",
            sa.Integer(),
            nullable=False,
            comment="The last key-encryption key that could open what was erased.",
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("erasures_pk")),
        comment="Who is gone, in a form that names nobody.",
    )
    op.create_table(
        "kept_replies",
        sa.Column(
            "caller",
            sa.String(length=32),
            nullable=False,
            comment="The id of the partner, or of the integrator and its mode.",
        ),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the Idempotency-Key."),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True, comment="Body and headers of the first answer."),
        sa.CheckConstraint("(status IS NULL) = (sealed IS NULL)", name=op.f("kept_replies_are_whole")),
        sa.CheckConstraint("length(key_hash) = 32", name=op.f("kept_replies_are_known_by_their_key")),
        sa.PrimaryKeyConstraint("caller", "key_hash", name=op.f("kept_replies_pk")),
        comment="First answers, so that a retry is answered alike and does nothing twice.",
    )
    op.create_index(op.f("kept_replies_by_expires_at"), "kept_replies", ["expires_at"], unique=False)
    op.create_table(
        "upkeep",
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column(
            "taken_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="By a process that may have died; then it is free again.",
        ),
        sa.PrimaryKeyConstraint("task", name=op.f("upkeep_pk")),
        comment="What is done once a day by one process of many.",
    )
    op.create_table(
        "couples",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("integrator_id", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=4), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.CheckConstraint("mode IN ('test', 'live')", name=op.f("couples_are_test_or_live")),
        sa.ForeignKeyConstraint(
            ["integrator_id"], ["integrators.id"], name=op.f("couples_integrator_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("couples_pk")),
        sa.UniqueConstraint("id", name=op.f("couples_id_once")),
        comment="A link between two partners. What they do with it is theirs.",
    )
    op.create_index(op.f("couples_by_integrator_id"), "couples", ["integrator_id"], unique=False)
    op.create_table(
        "partners",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("integrator_id", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=4), nullable=False),
        sa.Column(
            "external_id",
            sa.String(length=128),
            nullable=True,
            comment="What the integrator calls them, so that a retry finds its own.",
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False, comment="The day on which adulthood was attested."),
        sa.CheckConstraint("mode IN ('test', 'live')", name=op.f("partners_are_test_or_live")),
        sa.ForeignKeyConstraint(
            ["integrator_id"], ["integrators.id"], name=op.f("partners_integrator_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("partners_pk")),
        sa.UniqueConstraint("id", name=op.f("partners_id_once")),
        sa.UniqueConstraint("integrator_id", "mode", "external_id", name="partners_are_known_once"),
        comment="One person each. No name, no address, no date of birth.",
    )
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
    op.create_table(
        "calendars",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the secret in its address."),
        sa.CheckConstraint("length(hash) = 32", name=op.f("calendars_are_hashed")),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("calendars_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", name=op.f("calendars_pk")),
        sa.UniqueConstraint("hash", name=op.f("calendars_hash_once")),
        comment="Addresses under which a calendar program finds one partner's plan.",
    )
    op.create_table(
        "choices",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False, comment="A keyed digest of the activity."),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="The activity, what was chosen, and when."),
        sa.CheckConstraint("length(mark) = 32", name=op.f("choices_are_known_by_their_activity")),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("choices_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", "mark", name=op.f("choices_pk")),
        comment="Private yes, not now, not for us.",
    )
    op.create_table(
        "consents",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False, comment="Of the text that was agreed to."),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("couple_key", sa.Uuid(), nullable=True, comment="Pooling is for one link."),
        sa.CheckConstraint(
            "(purpose = 'pooling' AND granted) = (couple_key IS NOT NULL)",
            name=op.f("consents_to_pooling_are_for_a_couple"),
        ),
        sa.CheckConstraint("purpose IN ('processing', 'pooling')", name=op.f("consents_are_for_one_of_two")),
        sa.ForeignKeyConstraint(
            ["couple_key"], ["couples.key"], name=op.f("consents_couple_key_fk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("consents_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", "purpose", name=op.f("consents_pk")),
        comment="What each partner agreed to, and when.",
    )
    op.create_table(
        "decisions",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ruleset", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column(
            "inputs", sa.LargeBinary(length=32), nullable=False, comment="A keyed digest of all that it was made from."
        ),
        sa.Column(
            "sealed", sa.LargeBinary, nullable=False, comment="Rule bits, activity ids and own answers; no text."
        ),
        sa.CheckConstraint("length(inputs) = 32", name=op.f("decisions_are_known_by_their_inputs")),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("decisions_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("decisions_pk")),
        sa.UniqueConstraint("id", name=op.f("decisions_id_once")),
        comment="Every view that was given, in a form from which it can be given again.",
    )
    op.create_index("decisions_by_partner_and_time", "decisions", ["partner_key", "made_at", "key"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="The activity, how it went, and how it felt."),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("feedback_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("feedback_pk")),
        sa.UniqueConstraint("id", name=op.f("feedback_id_once")),
        comment="Private to the one who gave it.",
    )
    op.create_index("feedback_by_partner_and_day", "feedback", ["partner_key", "given_on", "key"], unique=False)
    op.create_table(
        "held_support",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "sealed",
            sa.LargeBinary,
            nullable=False,
            comment="The kinds of support that were called for, and until when.",
        ),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("held_support_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", name=op.f("held_support_pk")),
        comment="What carries over of safety answers; there for everyone who reported, whatever was answered.",
    )
    op.create_table(
        "invitations",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("couple_key", sa.Uuid(), nullable=False),
        sa.Column(
            "hash", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the code, which is kept nowhere."
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("invitations_are_hashed")),
        sa.ForeignKeyConstraint(
            ["couple_key"], ["couples.key"], name=op.f("invitations_couple_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("invitations_pk")),
        sa.UniqueConstraint("hash", name=op.f("invitations_hash_once")),
        comment="Codes with which a second partner joins, once.",
    )
    op.create_index(op.f("invitations_by_couple_key"), "invitations", ["couple_key"], unique=False)
    op.create_table(
        "members",
        sa.Column("couple_key", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False, comment="1: who was there first; 2: who was invited."),
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "standing", sa.String(length=7), nullable=False, comment="Of this one alone: each leaves for themselves."
        ),
        sa.CheckConstraint("standing IN ('waiting', 'linked', 'left')", name=op.f("members_wait_are_linked_or_left")),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("members_are_two")),
        sa.ForeignKeyConstraint(
            ["couple_key"], ["couples.key"], name=op.f("members_couple_key_fk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("members_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("couple_key", "place", name=op.f("members_pk")),
        sa.UniqueConstraint("couple_key", "partner_key", name="members_are_in_it_once"),
        comment="Who belongs to a couple.",
    )
    op.create_index(
        "members_are_linked_once",
        "members",
        ["partner_key"],
        unique=True,
        postgresql_where=sa.text("standing = 'linked'"),
        sqlite_where=sa.text("standing = 'linked'"),
    )
    op.create_index(op.f("members_by_partner_key"), "members", ["partner_key"], unique=False)
    op.create_table(
        "passphrases",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="The Argon2id form of the passphrase."),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("passphrases_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", name=op.f("passphrases_pk")),
        comment="What unlocks the full view. No key replaces it.",
    )
    op.create_table(
        "plan_items",
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "sealed", sa.LargeBinary, nullable=False, comment="The title chosen for it; when alone, also the time."
        ),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("plan_items_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_key", "id", name=op.f("plan_items_pk")),
        comment="What one partner set about an item of their plan.",
    )
    op.create_table(
        "reports",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "reported_at", sa.DateTime(timezone=True), nullable=False, comment="Weekly turns are counted from it."
        ),
        sa.Column(
            "pooled", sa.LargeBinary, nullable=False, comment="The answers that may shape what the other is offered."
        ),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("reports_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("reports_pk")),
        sa.UniqueConstraint("id", name=op.f("reports_id_once")),
        comment="What each partner answered.",
    )
    op.create_index("reports_by_partner_and_time", "reports", ["partner_key", "reported_at", "key"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "hash", sa.LargeBinary(length=32), nullable=False, comment="SHA-256 of the token, kept nowhere else."
        ),
        sa.Column("api_key_id", sa.String(length=32), nullable=False, comment="The key that minted it."),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unlocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("tokens_expire_after_they_are_made")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("tokens_are_hashed")),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("tokens_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("tokens_pk")),
        sa.UniqueConstraint("hash", name=op.f("tokens_hash_once")),
        sa.UniqueConstraint("id", name=op.f("tokens_id_once")),
        comment="What a front end holds for a while to act as one partner.",
    )
    op.create_index(op.f("tokens_by_partner_key"), "tokens", ["partner_key"], unique=False)
    op.create_table(
        "yeses",
        sa.Column("couple_key", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False, comment="A keyed digest of the activity."),
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The weekly turn from which it no longer counts for the other.",
        ),
        sa.CheckConstraint("length(mark) = 32", name=op.f("yeses_are_known_by_their_activity")),
        sa.ForeignKeyConstraint(["couple_key"], ["couples.key"], name=op.f("yeses_couple_key_fk"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("yeses_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("couple_key", "mark", "partner_key", name=op.f("yeses_pk")),
        comment="Where two of one mark meet, both said yes; one alone says nothing to anyone.",
    )
    op.create_index(op.f("yeses_by_partner_key"), "yeses", ["partner_key"], unique=False)
    op.create_table(
        "private_answers",
        sa.Column("report_key", sa.Uuid(), nullable=False),
        sa.Column("partner_key", sa.Uuid(), nullable=False),
        sa.Column(
            "sealed", sa.LargeBinary, nullable=False, comment="The answers that change their owner's own view alone."
        ),
        sa.ForeignKeyConstraint(
            ["partner_key"], ["partners.key"], name=op.f("private_answers_partner_key_fk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_key"], ["reports.key"], name=op.f("private_answers_report_key_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_key", name=op.f("private_answers_pk")),
        comment="The private part of each report; there for every report, whatever was answered.",
    )
    op.create_index(op.f("private_answers_by_partner_key"), "private_answers", ["partner_key"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        keep_private_rows_apart()
        let_events_only_be_added()
    else:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_events_refuse_{change.lower()} BEFORE {change} ON audit_events "
                "BEGIN SELECT RAISE(ABORT, 'events are only added'); END"
            )


def keep_private_rows_apart() -> None:
    for table in PRIVATE:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_are_their_owners_alone ON {table} "
            "USING (current_setting('rekindle.partner', true) IN (partner_key::text, 'upkeep'))"
        )


def let_events_only_be_added() -> None:
    op.execute(
        "CREATE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are only added'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_events_refuse_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_events()"
    )


def downgrade() -> None:
    for table in (
        "private_answers",
        "yeses",
        "tokens",
        "reports",
        "plan_items",
        "passphrases",
        "members",
        "invitations",
        "held_support",
        "feedback",
        "decisions",
        "consents",
        "choices",
        "calendars",
        "appointments",
        "partners",
        "couples",
        "upkeep",
        "kept_replies",
        "erasures",
        "data_keys",
        "audit_heads",
        "audit_events",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_change_events()")
