"""The database and nothing else.

Its files load at first use, because SQLAlchemy takes most of a second and 20 MB to load, and a server that is asked
for recommendations alone never needs it.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store import (
        access_log,
        audit,
        calendars,
        choices,
        consents,
        couples,
        data_keys,
        decisions,
        erasures,
        export,
        feedback,
        inputs,
        integrators,
        invitations,
        kept_replies,
        keyring,
        keys,
        partners,
        passphrases,
        plan,
        postgresql,
        progress,
        register,
        reports,
        session,
        sqlite,
        tables,
        tokens,
        upkeep,
        vault,
    )

__all__ = [
    "access_log",
    "audit",
    "calendars",
    "choices",
    "consents",
    "couples",
    "data_keys",
    "decisions",
    "erasures",
    "export",
    "feedback",
    "inputs",
    "integrators",
    "invitations",
    "kept_replies",
    "keyring",
    "keys",
    "partners",
    "passphrases",
    "plan",
    "postgresql",
    "progress",
    "register",
    "reports",
    "session",
    "sqlite",
    "tables",
    "tokens",
    "upkeep",
    "vault",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
