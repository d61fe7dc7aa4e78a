"""Every table of the database: importing this module fills `metadata`."""

from app.store.schema import (
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
    plan,
    reports,
)

MODULES = (
    audit,
    choices,
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
    plan,
    reports,
)
metadata = columns.metadata
