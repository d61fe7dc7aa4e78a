"""What was proved of one state of the content, as `rekindle prove --write` left it beside the files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.rulesets.diagnostics import DiagnosticCollector, Location

PROOFS = "proofs.json"


@dataclass(frozen=True, slots=True)
class Proved:
    """What came of one property. Counts are None where nothing was counted; `inputs` may be past any float."""

    holds: bool
    cells: int | None
    inputs: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Proofs:
    """A proof is of one digest: of any other content it says nothing."""

    digest: str
    proved_on: str
    solver: str
    by_property: Mapping[str, Proved]


def read_proofs(root: Path, mistakes: DiagnosticCollector) -> Proofs | None:
    """The proofs of a content folder; None when there are none, with a mistake noted when they cannot be read."""
    try:
        text = (root / PROOFS).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        mistakes.add(Location(PROOFS), "this cannot be read; write it anew with `rekindle prove --write`")
        return None
    try:
        return _proofs(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        mistakes.add(Location(PROOFS), "this is not what a proof leaves; write it anew with `rekindle prove --write`")
    return None


def _proofs(written: Mapping[str, Any]) -> Proofs:
    return Proofs(
        digest=str(written["digest"]),
        proved_on=str(written["proved_on"]),
        solver=str(written["solver"]),
        by_property={str(id_): _proved(entry) for id_, entry in written["properties"].items()},
    )


def _proved(entry: Mapping[str, Any]) -> Proved:
    cells, inputs = entry["cells"], entry["inputs"]
    return Proved(
        holds=entry["holds"] is True,
        cells=None if cells is None else int(cells),
        inputs=None if inputs is None else int(inputs),
        seconds=float(entry["seconds"]),
    )
