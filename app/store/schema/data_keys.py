from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table

from app.store.schema.columns import PublicId, metadata

data_keys = Table(
    "data_keys",
    metadata,
    Column("owner", PublicId, primary_key=True, comment="The public id of a partner, couple or integrator."),
    Column("epoch", Integer, nullable=False, comment="Which key-encryption key wraps it; those are kept elsewhere."),
    Column("wrapped", LargeBinary(60), nullable=False),
    CheckConstraint("epoch > 0", name="are_wrapped"),
    Index("data_keys_by_epoch_and_owner", "epoch", "owner"),
    comment="What opens the sealed columns of one owner. Without this row they are noise.",
)
