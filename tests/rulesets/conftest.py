"""`few`: a small content folder of the tests' own, with the real claims, questions and fixed texts. It loads fast."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.rulesets.diagnostics import ContentError
from app.rulesets.load import CONTENT, load_ruleset


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("content")
    for file in CONTENT.glob("*.yaml"):
        shutil.copy(file, root)
    return Path(shutil.copytree(Path(__file__).parent / "few", root, dirs_exist_ok=True))


@pytest.fixture
def few_with(few: Path, tmp_path: Path, change: Callable[..., None]) -> Callable[[Mapping[str, object]], Path]:
    """Makes a copy of it with some of its files changed."""

    def few_with(changes: Mapping[str, object]) -> Path:
        root = Path(shutil.copytree(few, tmp_path / "few"))
        change(root, changes)
        return root

    return few_with


@pytest.fixture
def mistakes_after(few_with: Callable[..., Path]) -> Callable[[Mapping[str, object]], list[str]]:
    """The mistakes that are named once some files of it are changed."""

    def mistakes_after(changes: Mapping[str, object]) -> list[str]:
        with pytest.raises(ContentError) as caught:
            load_ruleset(few_with(changes))
        assert str(caught.value) == "\n".join(map(str, caught.value.mistakes))
        return [str(mistake) for mistake in caught.value.mistakes]

    return mistakes_after
