"""Negative controls: edits that must not pass, each caught by the property or check that is named for it."""

import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.rulesets.diagnostics import ContentError
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.review import review
from tests.verification.planted import plant, planted
from verification.prove import Prover

EDITS = planted()
FEWEST = 30
FIRST_OF_A_DETECTOR = [*{edit["caught_by"]: name for name, edit in reversed(EDITS.items())}.values()][:4]


def caught_by(root: Path, expected: str) -> str:
    """Who catches it. Of the properties only the expected one is asked, for the others would take their time."""
    try:
        library = load_ruleset(root)
    except ContentError:
        return "load"
    if expected == "check":
        return "check" if review(library, root) else "nobody"
    (outcome,) = Prover(library, pairs=500).prove([expected])
    for means, shown in outcome.by:
        assert not shown.holds or means in ("engine", "random"), f"{means} does not see it"
    return "nobody" if outcome.holds else expected


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(edit, id=name, marks=() if name in FIRST_OF_A_DETECTOR else pytest.mark.thorough)
        for name, edit in EDITS.items()
    ],
)
def test_what_is_planted_is_caught(edit: Mapping[str, Any], tmp_path: Path) -> None:
    root = Path(shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("releases")))
    plant(root, edit)

    assert caught_by(root, edit["caught_by"]) == edit["caught_by"]


def test_there_are_enough_of_them_and_of_many_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    by = Counter(edit["caught_by"] for edit in EDITS.values())

    with capsys.disabled():
        print(f"\n{len(EDITS)} planted edits")  # noqa: T201
        for name, edit in EDITS.items():
            print(f"  {name:55} {edit['caught_by']}")  # noqa: T201
    assert len(EDITS) >= FEWEST
    assert len(by) >= FEWEST // 2
