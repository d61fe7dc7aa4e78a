"""Every table of the database: importing this module fills `metadata`."""

from app.store.schema import (  # noqa: F401  each adds its tables
    audit,
    choices,
    columns,
    consents,
    couples,
    data_keys,
    decisions,
    erasures,
    feedback,
    idempotency,
    integrators,
    maintenance,
    partners,
    pasts,
    plan,
    reports,
    weeks,
)

metadata = columns.metadata
