"""From the content files to a release that decides, and back."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.load import CONTENT
from app.rulesets.releases import stamps_in

Rekindle = Callable[..., subprocess.CompletedProcess[str]]
RULE = "rules/structure-first-when-talk-is-strained.yaml"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("releases")))


@pytest.mark.thorough
def test_a_release_is_made_compared_put_in_force_and_taken_back(
    rekindle: Rekindle, content: Path, change: Callable[..., None], tmp_path: Path
) -> None:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return rekindle(*arguments, REKINDLE_CONTENT=str(content), **variables)

    # Without properties there is nothing to prove, which would take minutes.
    (content / "properties.yaml").write_text("{}\n", encoding="utf-8")
    release = ("release", "--reports", "100")
    first = run(*release)
    assert first.returncode == 0, first.stderr
    assert "It is the first release." in first.stdout
    again = run(*release)
    assert again.returncode == 1
    assert again.stderr.startswith("The content is what was released as ")

    change(content, {RULE: ("need: strong", "need: slight")})
    assert run(*release).returncode == 0
    one, two = stamps_in(content)
    assert two == f"{one}.1"
    assert (
        "synthetic couples" in run("simulate", one, two, "--couples", "200", "--output", str(tmp_path / "page")).stdout
    )

    assert run("rulesets", "use", one).stdout.startswith(f"In force: {one}, sha256:")
    assert re.findall(r"^\* (\S+)", run("rulesets", "list").stdout, re.MULTILINE) == [one]
    assert run("rulesets", "back", REKINDLE_RULESET=one).stderr.startswith(
        f"REKINDLE_RULESET is set to {one}, and decides"
    )
    assert re.findall(r"^\* (\S+)", run("rulesets", "list").stdout, re.MULTILINE) == ["files"]


@pytest.mark.parametrize(
    "arguments", [("rulesets", "use", "7"), ("rulesets", "list"), ("simulate", "7", "files"), ("release",)]
)
def test_what_cannot_be_used_is_said_in_one_line(rekindle: Rekindle, content: Path, arguments: tuple[str, ...]) -> None:
    (content / "phrases.yaml").write_text("colour: red\n", encoding="utf-8")
    (content / "releases").mkdir()
    (content / "releases" / "in-force").write_text("\n", encoding="utf-8")

    done = rekindle(*arguments, REKINDLE_CONTENT=str(content))

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert re.match(r"(releases/7\.json|releases/in-force|phrases\.yaml):1:1: ", done.stderr)


def test_before_the_first_switch_there_is_nothing_to_go_back_to(rekindle: Rekindle, content: Path) -> None:
    done = rekindle("rulesets", "back", REKINDLE_CONTENT=str(content))

    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was in force before")
