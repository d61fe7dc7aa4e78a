import shutil
import sys
from pathlib import Path

import pytest

from app.engine.evaluate import evaluate_both
from app.rulesets import kept_ruleset
from app.rulesets.active_ruleset import load_head
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.load import CONTENT
from app.rulesets.sampling import sample_couples
from tests.cases import rest_thorough

CHANGED = ("phrases.yaml", "releases/in-force", "rules/new.yaml")


@pytest.fixture(autouse=True)
def may_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "content.kept"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the content that passes for the one that comes with Rekindle."""
    copy = shutil.copytree(CONTENT, tmp_path / "content")
    monkeypatch.setattr(kept_ruleset, "CONTENT", copy)
    return copy


def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the folders that are read from now on, as they are."""
    read: list[Path] = []

    def load(root: Path) -> Library:
        read.append(root)
        return load_head(root)

    monkeypatch.setattr(kept_ruleset, "load_head", load)
    return read


def test_what_is_kept_is_taken_and_decides_as_what_was_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept_ruleset.load(file=file)
    read = read_anew(monkeypatch)
    kept = kept_ruleset.load(file=file)

    assert read == []
    assert (kept.digest, kept.version, kept.proofs) == (first.digest, first.version, first.proofs)
    assert (kept.texts, kept.questions, kept.help_lines) == (first.texts, first.questions, first.help_lines)
    couples = [couple for couple in sample_couples(range(300)) if couple.b]
    assert len(couples) > 200
    for couple in couples:
        assert couple.b
        views = evaluate_both(first.compiled, couple.a, couple.b)
        assert repr(evaluate_both(kept.compiled, couple.a, couple.b)) == repr(views), couple.number


@pytest.mark.parametrize("changed", rest_thorough({file: file for file in CHANGED}, first=1))
def test_content_that_changed_is_read_anew(
    content: Path, file: Path, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_ruleset.load(content, file)
    with (content / changed).open("a", encoding="utf-8") as opened:
        opened.write("\n")
    read = read_anew(monkeypatch)
    if changed.startswith("rules"):
        with pytest.raises(ContentError):
            kept_ruleset.load(content, file)
    else:
        kept_ruleset.load(content, file)

    assert read == [content]


def test_another_engine_reads_anew(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = shutil.copytree(CONTENT.parent / "engine", tmp_path / "engine")
    monkeypatch.setattr(kept_ruleset, "_MADE_BY", kept_ruleset._made_by(engine))
    kept_ruleset.load(file=file)
    with (engine / "say.py").open("a", encoding="utf-8") as opened:
        opened.write("# changed\n")
    monkeypatch.setattr(kept_ruleset, "_MADE_BY", kept_ruleset._made_by(engine))
    read = read_anew(monkeypatch)
    kept_ruleset.load(file=file)
    kept_ruleset.load(file=file)

    assert read == [CONTENT]


def test_one_bit_that_changed_and_an_end_that_is_missing_are_noticed(file: Path) -> None:
    key = bytes(32)
    kept_ruleset.keep(load_head(CONTENT), file, key)
    whole = file.read_bytes()
    assert kept_ruleset._read(file, key)

    for at in (0, 40, 1000, -1):
        changed = bytearray(whole)
        changed[at] ^= 1
        file.write_bytes(changed)
        assert kept_ruleset._read(file, key) is None, at
    for length in (0, 10, 64, 5000):
        file.write_bytes(whole[:length])
        assert kept_ruleset._read(file, key) is None, length


def test_the_content_of_another_folder_is_not_kept(file: Path, tmp_path: Path) -> None:
    kept_ruleset.load(shutil.copytree(CONTENT, tmp_path / "own"), file)

    assert not file.exists()


def test_where_nothing_may_be_written_the_content_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").touch()
    assert kept_ruleset.load(file=tmp_path / "taken" / "content.kept").version

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    kept_ruleset.load(file=tmp_path / "content.kept")
    assert not (tmp_path / "content.kept").exists()
