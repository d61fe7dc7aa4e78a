"""The database and nothing else.

Its files load at first use, because SQLAlchemy takes most of a second and 20 MB to load, and a server that is asked
for recommendations alone never needs it.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store import integrators, postgresql, session, sqlite, tables

__all__ = ["integrators", "postgresql", "session", "sqlite", "tables"]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
