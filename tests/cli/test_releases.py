"""From the content files to a release that decides, and back."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.load import CONTENT

Rekindle = Callable[..., subprocess.CompletedProcess[str]]
RULE = "rules/structure-first-when-talk-is-strained.yaml"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("releases", "proofs.json"))
    )


def test_a_release_is_made_compared_put_in_force_and_taken_back(
    rekindle: Rekindle, content: Path, change: Callable[..., None]
) -> None:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return rekindle(*arguments, REKINDLE_CONTENT=str(content), **variables)

    # Left unproved: with a solver installed proving would take most of a minute.
    (content / "properties.yaml").write_text("{}\n", encoding="utf-8")
    change(content, {"ruleset.yaml": 'version: "1"\n'})
    first = run("release")
    assert first.returncode == 0, first.stderr
    assert "It is the first release." in first.stdout
    taken = run("release")
    assert taken.returncode == 1
    assert taken.stderr == (
        "1 is released already, and a release is never changed. The nearest free version is 1.1: write it to "
        "ruleset.yaml.\n"
    )

    change(content, {"ruleset.yaml": 'version: "2"\n', RULE: ("need: strong", "need: slight")})
    assert run("release").returncode == 0
    said = run("diff", "1", "2")
    assert "practice communication_exercises: " in said.stdout
    assert "strong -> slight" in said.stdout
    assert json.loads(run("diff", "1", "2", "--json").stdout) == json.loads(
        (content / "releases" / "2.diff.json").read_text(encoding="utf-8")
    )

    assert run("rulesets", "use", "1").stdout.startswith("In force: 1, sha256:")
    assert re.findall(r"^\* (\S+)", run("rulesets", "list").stdout, re.MULTILINE) == ["1"]
    assert run("rulesets", "back", REKINDLE_RULESET="1").stderr.startswith("REKINDLE_RULESET is set to 1, and decides")
    assert re.findall(r"^\* (\S+)", run("rulesets", "list").stdout, re.MULTILINE) == ["files"]


@pytest.mark.parametrize(
    "arguments", [("rulesets", "use", "7"), ("rulesets", "list"), ("diff", "7", "files"), ("release",)]
)
def test_what_cannot_be_used_is_said_in_one_line(rekindle: Rekindle, content: Path, arguments: tuple[str, ...]) -> None:
    (content / "ruleset.yaml").write_text("colour: red\n", encoding="utf-8")
    (content / "releases").mkdir()
    (content / "releases" / "in-force").write_text("\n", encoding="utf-8")

    done = rekindle(*arguments, REKINDLE_CONTENT=str(content))

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert re.match(r"(releases/7\.json|releases/in-force|ruleset\.yaml):1:1: ", done.stderr)


def test_before_the_first_switch_there_is_nothing_to_go_back_to(rekindle: Rekindle, content: Path) -> None:
    done = rekindle("rulesets", "back", REKINDLE_CONTENT=str(content))

    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was in force before")
