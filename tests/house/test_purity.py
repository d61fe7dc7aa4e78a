"""What import contracts cannot see: reading the clock, files, chance and the environment."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
ENGINE = sorted((APP / "engine").rglob("*.py"))
PURE = sys.stdlib_module_names - {
    "asyncio", "ctypes", "datetime", "glob", "http", "importlib", "inspect", "io", "locale", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "pickle", "platform", "random", "secrets", "shelve", "shutil", "signal",
    "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid", "zoneinfo",
}  # fmt: skip
NOT_PURE = {"__import__", "breakpoint", "eval", "exec", "globals", "hash", "id", "input", "open", "print"}
COMPILER = "code_generation.py"
"""The one file that may run what it has built itself."""
CODEC = "plain_values.py"
"""The one file that knows dates, as values, and shares equal texts; that it asks for no present is held below."""


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), node.lineno


def impurities(source: str, name: str = "planted.py") -> list[str]:
    tree = ast.parse(source)
    wrong = [
        f"line {line}: imports {module}"
        for module, line in imports(tree)
        if module.split(".")[0] not in (PURE | {"datetime", "sys"} if name == CODEC else PURE)
        and not module.startswith("app.engine")
    ]
    wrong += [
        f"line {node.lineno}: reads a clock"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
    ]
    forbidden = NOT_PURE - {"exec"} if name == COMPILER else NOT_PURE
    return wrong + [
        f"line {node.lineno}: calls {node.func.id}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden
    ]


def reads_of_the_environment(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and {"environ", "getenv"} & names_of(node))
    ]


def names_of(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def test_there_is_an_engine() -> None:
    assert len(ENGINE) > 5


@pytest.mark.parametrize("file", ENGINE, ids=lambda file: file.name)
def test_the_engine_knows_no_clock_no_chance_and_no_file(file: Path) -> None:
    assert impurities(file.read_text(encoding="utf-8"), file.name) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import random",
        "from datetime import date",
        "def now():\n    import time\n    return time.time()",
        "from pathlib import Path",
        "import numpy as np",
        "from app.settings import Settings",
        "text = open('rules.yaml').read()",
        "key = hash('text')",
        "from . import view",
    ],
)
def test_an_engine_that_did_would_be_caught(planted: str) -> None:
    assert len(impurities(planted)) == 1


def test_the_environment_is_read_in_one_place() -> None:
    places = {
        file.relative_to(APP).as_posix()
        for file in APP.rglob("*.py")
        if reads_of_the_environment(file.read_text(encoding="utf-8"))
    }

    assert places == {"settings.py"}


@pytest.mark.parametrize(
    "planted", ["import os\nos.environ['HOME']", "import os\nos.getenv('HOME')", "from os import environ"]
)
def test_another_place_would_be_caught(planted: str) -> None:
    assert reads_of_the_environment(planted)
