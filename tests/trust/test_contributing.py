"""The endpoint of CONTRIBUTING.md, added by its text alone to a copy of the repository, is one that passes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[2]
CHECKS = (
    "tests/api/me/test_report_count.py",
    "tests/api/http/test_openapi.py",
    "tests/contract/test_stored_examples.py",
    "tests/privacy/test_authorisation.py",
)


def section() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n## An endpoint")[1].split("\n## ")[0]


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```$", section(), re.MULTILINE | re.DOTALL)
    return [dedent(block) for block in found]


def run(house: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=house,
        env={"PYTHONPATH": str(house), "PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def apply_hunk(file: Path, lines: list[str]) -> None:
    old, new = ("".join(f"{line[1:]}\n" for line in lines if line[:1] in signs) for signs in (" -", " +"))
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} has one place for {lines}"
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns(".*cache*", "__pycache__", "node_modules")
    for name in ("app", "verification", "tests", "migrations", "examples", "benchmarks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("pyproject.toml", "alembic.ini", "openapi.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_the_endpoint_of_contributing_is_added_by_its_text_alone(house: Path) -> None:
    for block in blocks("python"):
        file = house / block.split("\n")[0].removeprefix("# ")
        assert not file.exists(), "an endpoint has files of its own"
        file.write_text(block.split("\n", 1)[1], encoding="utf-8")
    for change in blocks("diff")[0].split("--- ")[1:]:
        name, *hunks = re.split(r"\n@@.*\n", change)
        for hunk in hunks:
            apply_hunk(house / name, hunk.splitlines())
    (house / "openapi.json").write_text(run(house, "app", "openapi"), encoding="utf-8")

    run(house, "ruff", "check", "app", "tests")
    run(house, "ruff", "format", "--check", "app", "tests")
    run(house, "mypy", "app", "tests/api/me/test_report_count.py")
    run(house, "pytest", "-q", "-x", "-k", "not generated", *CHECKS)
