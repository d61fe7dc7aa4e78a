"""Cases of one kind, of which `make test` runs the first few and `make trust` all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet


def rest_thorough(cases: Mapping[str, object], first: int) -> "list[ParameterSet]":
    """Return the cases as parameters under their names, those after the first ones marked thorough."""
    return [
        pytest.param(case, id=name, marks=pytest.mark.thorough if number >= first else ())
        for number, (name, case) in enumerate(cases.items())
    ]
