"""What the guides list is what there is: folders, the direction of imports, paths, commands."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from app.cli import COMMANDS

ROOT = Path(__file__).parents[2]
GUIDES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "PRIVACY.md", "SECURITY.md")


def text(guide: str) -> str:
    return (ROOT / guide).read_text(encoding="utf-8")


def files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no clone")
    return listed.stdout.splitlines()


def test_every_folder_and_every_room_is_in_the_table() -> None:
    parts = [file.split("/")[:-1] for file in files() if not file.startswith(".")]
    folders = {f"{folder[0]}/" for folder in parts if folder}
    folders |= {f"app/{folder[1]}/" for folder in parts if folder[:1] == ["app"] and len(folder) > 1}
    folders |= {
        f"app/{folder[1]}/{folder[2]}/"
        for folder in parts
        if folder[:2] in (["app", "api"], ["app", "store"]) and len(folder) > 2
    }

    assert set(re.findall(r"^\| `([^`]+/)` \|", text("ARCHITECTURE.md"), re.MULTILINE)) == folders


def test_the_line_of_arrows_is_the_contract() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract.get("containers") == ["app"])
    arrows = re.search(r"^```\n(.+ → .+)\n```$", text("ARCHITECTURE.md"), re.MULTILINE)
    assert arrows
    drawn = [set(layer.split(" | ")) for layer in re.split(r"\s+→\s+", arrows[1])]

    assert [set(layer.split(" | ")) for layer in layers if "__main__" not in layer][-len(drawn) + 1 :] == drawn[1:]
    assert drawn[0] == {"cli", "commands", "main"}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_path_that_a_guide_names_is_there(guide: str) -> None:
    named = re.findall(r"`((?:app|tests|docs|verification|migrations|examples|deploy|clients)/[^`<*]*)`", text(guide))
    linked = re.findall(r"\]\(([^)#:]+)[^)]*\)", text(guide))

    missing = [path for path in named + linked if not (ROOT / path).exists()]
    assert [path for path in missing if not re.search(r"report_count|content/locales", path)] == []


def test_every_command_is_in_the_readme_and_every_command_there_is_one() -> None:
    table = text("README.md").split("## The command line")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`rekindle .+?) \|", table, re.MULTILINE)
    named = [re.sub(r"^rekindle ", "", code).split()[0] for row in rows for code in re.findall(r"`([^`]+)`", row)]

    assert sorted(named) == sorted(COMMANDS)
