"""The documents name every content file, and the doors of CONTRIBUTING.md open when they are followed as written."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.rulesets.library import Library
from app.rulesets.load import CONTENT, load_ruleset
from verification.cells import Cells
from verification.release_file import publish, with_version

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
Rekindle = Callable[..., str]


def test_the_list_of_content_files_is_whole() -> None:
    table = (ROOT / "docs" / "content.md").read_text(encoding="utf-8").partition("## ")[0]
    table = table[table.index("|---|") :]
    named = {re.sub(r"<[^>]+>", "*", name) for name in re.findall(r"`([^`]+)`(?=[^|\n]* \| )", table)}
    files = [file.relative_to(CONTENT) for file in CONTENT.rglob("*") if file.is_file() and file.name != "in-force"]

    assert [str(file) for file in files if not any(file.match(pattern) for pattern in named)] == []
    there = [pattern for pattern in named if not pattern.startswith("locales/")]
    assert [pattern for pattern in there if not any(file.match(pattern) for file in files)] == []


def section_of(title: str) -> str:
    return CONTRIBUTING.partition(f"\n## {title}")[2].partition("\n## ")[0]


def file_in(section: str) -> tuple[Path, str]:
    """The file that a section shows, below the folder of content, and what stands in it."""
    block = section.partition("```yaml\n")[2].partition("```")[0]
    lines = [line.removeprefix("   ") for line in block.splitlines()]
    name = lines[0].removeprefix("# app/content/")
    assert name != lines[0]
    return Path(name), "\n".join(lines[1:]) + "\n"


def copied(folder: Path, library: Library) -> Path:
    """A copy of the content, released as it is, so that an edit has something to be compared with."""
    ignored = shutil.ignore_patterns("locales", "releases")
    copy = Path(shutil.copytree(CONTENT, folder / "app" / "content", ignore=ignored))
    publish(copy, with_version(library, "1"), date(2026, 12, 1))
    return copy


def run(content: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "REKINDLE_CONTENT": str(content)}
    command = [sys.executable, "-m", "app", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def content(tmp_path: Path, library: Library) -> Path:
    return copied(tmp_path, library)


@pytest.fixture
def rekindle(content: Path) -> Rekindle:
    return partial(run, content)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory, library: Library) -> str:
    """What `rekindle check` says once the rule and the activity that are shown stand where they are said to stand."""
    content = copied(tmp_path_factory.mktemp("shown"), library)
    file, rule = file_in(section_of("A rule"))
    (content / file).write_text(rule, encoding="utf-8")
    file, entry = file_in(section_of("An activity"))
    with (content / file).open("a", encoding="utf-8") as activities:
        activities.write(entry)
    return run(content, "check")


def test_a_rule_is_one_file(checked: str) -> None:
    file, _ = file_in(section_of("A rule"))

    assert "No mistakes" in checked
    assert "synthetic couples" in checked
    assert f"{file} fires for none of these couples" not in checked


def test_an_activity_is_one_entry(checked: str) -> None:
    _, entry = file_in(section_of("An activity"))

    assert "No mistakes" in checked
    assert f"none of these couples is shown `{entry.partition(':')[0]}`" not in checked


@pytest.mark.thorough
def test_with_the_rule_everything_holds_for_every_couple(content: Path) -> None:
    file, rule = file_in(section_of("A rule"))
    (content / file).write_text(rule, encoding="utf-8")
    library = load_ruleset(content)
    cells = Cells(library)
    broken = [cells.show(wanted).broken for wanted in library.properties if "cells" in wanted.means]
    assert [str(violation) for violations in broken for violation in violations] == []


@pytest.mark.thorough
def test_a_language_is_translated_one_text_at_a_time(content: Path, rekindle: Rekindle) -> None:
    section = section_of("A language")
    command = re.search(r"rekindle (locale \w+)`", section)
    assert command
    rekindle(*command[1].split())
    file, filled = file_in(section)
    translated = content / file
    *above, last = filled.rstrip().split("\n")
    room = "\n".join([*above, f"{last.partition(':')[0]}:"]) + "\n"
    text = translated.read_text(encoding="utf-8")
    assert room in text
    translated.write_text(text.replace(room, filled), encoding="utf-8")

    assert "No mistakes" in rekindle("check")
    assert all(part in file.parts for part in ("locales", command[1].split()[1]))
    titles: dict[str, Any] = yaml.safe_load(filled)
    (strategy,) = titles
    asked = re.search(r"rekindle (explain [^`]+)`", section)
    assert asked
    assert titles[strategy]["title"] in rekindle(*asked[1].split())
