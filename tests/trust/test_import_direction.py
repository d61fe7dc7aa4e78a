"""Each import contract catches what it is there for; that they hold is part of `make lint`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

VERIFIED_APART = "What serves knows nothing of how it is verified"
PLANTED = {
    "the engine asks the store": ("app/engine/planted.py", "from app.store import tables", "Imports go one way"),
    "the store asks the content": ("app/store/planted.py", "from app.rulesets import load", "Imports go one way"),
    "a service asks the API": ("app/service/planted.py", "from app.api import problems", "Imports go one way"),
    "the API asks the wiring": ("app/api/planted.py", "from app import main", "Imports go one way"),
    "a service asks the command line": ("app/service/planted.py", "import app.cli", "Imports go one way"),
    "a cycle inside the engine": (
        "app/engine/planted.py",
        "from app.engine import also_planted",
        "No cycles, at any depth",
    ),
    "SQL in the API": ("app/api/planted.py", "import sqlalchemy", "The API and the service speak no SQL"),
    "SQL in the service": ("app/service/planted.py", "import sqlalchemy", "The API and the service speak no SQL"),
    "a driver in the API": ("app/api/planted.py", "import aiosqlite", "The API and the service speak no SQL"),
    "HTTP in a service": ("app/service/planted.py", "from fastapi import Request", "knows no HTTP"),
    "HTTP in the store": ("app/store/planted.py", "from starlette.requests import Request", "knows no HTTP"),
    "HTTP where content is read": ("app/rulesets/planted.py", "import fastapi", "knows no HTTP"),
    "pydantic in the engine": ("app/engine/planted.py", "import pydantic", "needs the standard library alone"),
    "YAML in the engine": ("app/engine/planted.py", "import yaml", "needs the standard library alone"),
    "a proof in the API": (
        "app/api/planted.py",
        "from verification import prove",
        VERIFIED_APART,
    ),
    "a solver where content is read": (
        "app/rulesets/planted.py",
        "import z3",
        VERIFIED_APART,
    ),
    "arrays in the engine": (
        "app/engine/planted.py",
        "import numpy",
        VERIFIED_APART,
    ),
    "the API in a proof": (
        "verification/planted.py",
        "from app.api.http import problems",
        "What verifies reads the engine and the rulesets alone",
    ),
    "settings in the engine": ("app/engine/planted.py", "from app.settings import Settings", "Imports go one way"),
}


def lint_imports(root: Path) -> tuple[int, str]:
    """The exit code, and what is said about the contracts that do not hold."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=root,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for package in ("app", "verification"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.yaml", "*.json", "__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_wrong_import_is_caught(copy_of_the_house: Path, planted: tuple[str, str, str]) -> None:
    file, line, contract = planted
    (copy_of_the_house / file).write_text(f"{line}\n", encoding="utf-8")
    if "also_planted" in line:
        (copy_of_the_house / "app/engine/also_planted.py").write_text("from app.engine import planted\n")

    code, said = lint_imports(copy_of_the_house)

    assert code == 1
    assert [line for line in said.splitlines() if contract in line and line.endswith("BROKEN")], said


def test_a_new_module_of_the_house_fails_until_it_has_a_place(copy_of_the_house: Path) -> None:
    (copy_of_the_house / "app/helpers.py").touch()

    code, said = lint_imports(copy_of_the_house)

    assert code == 1
    assert "not listed as layers:\n\n- app.helpers" in said
