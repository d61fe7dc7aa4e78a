"""The OpenAPI document as this code has it. Each process that collects tests makes it once."""

from typing import Any

from app.main import create_app
from app.settings import Settings
from tests import clock

Document = dict[str, Any]

DOCUMENT: Document = create_app(Settings(), clock=clock.now).openapi()


def security_of(operation: Document) -> list[Document]:
    """Return the ways to be let in: the operation's own, else those of the whole document."""
    ways: list[Document] = operation["security"] if "security" in operation else DOCUMENT["security"]
    return ways
