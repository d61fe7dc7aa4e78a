"""JSON as compact UTF-8."""

import json


def to_bytes(value: object) -> bytes:
    """Return `value` as JSON without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
