"""The one place where a module is imported by name: what a single command needs is not loaded by the others."""

from importlib import import_module
from types import ModuleType

from app.errors import RekindleError


class MissingExtra(RekindleError):
    """A package of an optional extra is not installed."""


def load(module: str, extra: str = "verification") -> ModuleType:
    """Import a module of this package. Raises `MissingExtra` where a package that it imports is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtra(f"This needs {error.name}: install rekindle[{extra}].") from error
