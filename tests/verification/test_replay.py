import shutil
from pathlib import Path

import pytest

from app.rulesets.load import CONTENT
from verification.replay import replay
from verification.scenarios import NAME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content, to change."""
    shutil.copytree(CONTENT, tmp_path / "content")
    return tmp_path / "content"


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def said_of(folder: Path, *, write: bool = False) -> tuple[bool, list[str]]:
    said: list[str] = []
    return replay(folder, said.append, write=write, mutants=False), said


def test_the_shipped_rules_come_out_as_expected() -> None:
    is_as_expected, said = said_of(CONTENT)

    assert is_as_expected
    assert said[0].endswith("scenarios come out as expected.")


def test_a_changed_rule_is_told_scenario_by_scenario(folder: Path) -> None:
    change(folder / "rules" / "a-cause-in-common.yaml", "need: strong", "need: moderate")

    is_as_expected, said = said_of(folder)

    assert not is_as_expected
    assert all(": expected " in line for line in said)
    assert any("serve_together: strong" in line and "serve_together: moderate" in line for line in said)


def test_written_anew_it_is_as_expected_again_and_says_how_much_changed(folder: Path) -> None:
    change(folder / "rules" / "a-cause-in-common.yaml", "need: strong", "need: moderate")

    is_as_expected, said = said_of(folder, write=True)

    assert is_as_expected
    changed = int(said[0].split()[-4])
    assert 0 < changed < 20


def test_a_suite_can_be_begun(folder: Path) -> None:
    (folder / NAME).unlink()

    is_as_expected, said = said_of(folder, write=True)

    assert is_as_expected
    assert ", 0 gone, 0 come out otherwise" in said[0].replace(";", ",")
