"""The documented examples of requests and responses, one JSON file each."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "examples"


def load_example(name: str) -> Any:
    """Return the example in `app/api/examples/<name>.json`."""
    return json.loads((_FOLDER / f"{name}.json").read_bytes())
