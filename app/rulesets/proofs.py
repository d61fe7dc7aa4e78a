"""Proofs of one state of the content: made by `rekindle release`, and stored in the release."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proved:
    """The outcome of one property. Counts are None where nothing was counted; `inputs` may be past any float."""

    holds: bool
    cells: int | None
    inputs: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Proofs:
    """The outcomes of all properties for the content of one digest: of any other content they say nothing."""

    digest: str
    proved_on: str
    solver: str
    by_property: Mapping[str, Proved]
