"""One question about a suggestion and its answer, for the description of the API."""
from typing import Any
REQUEST: dict[str, Any] = {}
ANSWER: dict[str, Any] = {}
