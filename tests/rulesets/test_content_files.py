"""Content is served as it lies on other machines: mounted by Kubernetes, in a repository, with an editor open."""

import shutil
from pathlib import Path

import pytest

from app.main import create_app
from app.rulesets import content_files
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.diagnostics import ContentError
from app.rulesets.load import CONTENT
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.people import REPORT

BESIDE = (
    ".git/config.yaml",
    ".github/workflows/ci.yaml",
    ".github/dependabot.yml",
    ".gitignore",
    ".DS_Store",
    "rules/.walk.yaml.swp",
    "rules/walk.yaml~",
    "rules/#walk.yaml#",
    "rules/4913",
    "rules/walk.yaml___jb_tmp___",
    "help/GB.yaml.orig",
    "locales/.idea/workspace.yaml",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Laid out as Kubernetes does: links to what `..data` links to, which an update replaces at once."""
    folder = tmp_path / "content"
    mounted = shutil.copytree(CONTENT, folder / "..2026_11_23_12_00_00.1234567890")
    (folder / "..data").symlink_to(mounted.name)
    for one in mounted.iterdir():
        (folder / one.name).symlink_to(Path("..data") / one.name)
    for name in BESIDE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("title: lost\n")
    # As Emacs locks a file.
    (folder / "rules" / ".#walk.yaml").symlink_to("me@here.123:456")
    return folder


def test_it_is_served_and_nothing_beside_it_is_read(folder: Path, rulesets: ActiveRuleset) -> None:
    with TestClient(create_app(Settings.model_validate({"content": str(folder)}), clock=clock.now)) as client:
        view = client.post("/v1/recommendations", json={"reports": {"a": REPORT}}).json()

    assert view["ruleset"]["digest"] == rulesets.current.digest


def test_what_nothing_reads_is_found_behind_a_link_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "rules" / "more.yml").write_text("title: lost\n")
    (folder / "rule.yaml").write_text("title: lost\n")

    assert files_with_mistakes(folder) == {"rules/more.yml", "rule.yaml"}
    # And whatever would read all that lies there is found by the test above.
    monkeypatch.setattr(content_files, "is_content", lambda _name: True)
    assert ".github/workflows/ci.yaml" in files_with_mistakes(folder)


def files_with_mistakes(folder: Path) -> set[str]:
    with pytest.raises(ContentError) as caught:
        ActiveRuleset(folder)
    return {mistake.place.file for mistake in caught.value.mistakes}
