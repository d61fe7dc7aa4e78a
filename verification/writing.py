"""Both reports at once, whole or not at all."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from verification.page import page

_READABLE = 0o644


def write_reports(found: Mapping[str, Any], stem: Path) -> tuple[Path, Path]:
    """Write the page and the JSON beside each other; what stood there stays until the new one is whole."""
    texts = {
        stem.with_name(f"{stem.name}.html"): page(found),
        stem.with_name(f"{stem.name}.json"): json.dumps(found, ensure_ascii=False, indent=1) + "\n",
    }
    written: dict[Path, Path] = {}
    try:
        for file, text in texts.items():
            with NamedTemporaryFile(
                "w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False
            ) as part:
                written[file] = Path(part.name)
                part.write(text)
        for file, part_file in written.items():
            part_file.chmod(_READABLE)
            part_file.replace(file)
    finally:
        for part_file in written.values():
            with suppress(FileNotFoundError):
                part_file.unlink()
    html, data = texts
    return html, data
