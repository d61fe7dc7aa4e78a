"""No test reads the clock of the machine or measures time: it would pass today and fail next year, or on a busy day."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PRESENT = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
}
STOPWATCHES = {
    f"{name}{unit}" for name in ("perf_counter", "monotonic", "process_time", "thread_time") for unit in ("", "_ns")
}
# Where waiting ends.
ALLOWED = {"waiting.py": {"monotonic"}}


def clocks_read(source: str) -> Iterator[str]:
    """Yield the names under which a source reads a clock, in the order of its syntax tree."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id
            if (name := f"{owner}.{node.attr}") in PRESENT:
                yield name
            if owner == "time" and node.attr in STOPWATCHES:
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (alias.name for alias in node.names if alias.name in STOPWATCHES | {"time", "time_ns"})


def test_no_test_reads_the_clock_of_the_machine() -> None:
    read = {
        file.relative_to(TESTS).as_posix(): set(clocks_read(file.read_text(encoding="utf-8")))
        for file in TESTS.rglob("*.py")
    }

    assert {file: names for file, names in read.items() if names} == ALLOWED


def applications_on_the_clock_of_the_machine(source: str) -> list[int]:
    """Return the lines that build an application without the clock of the tests."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("create_app")
        and "clock" not in {keyword.arg for keyword in node.keywords}
    ]


def test_every_application_has_the_clock_of_the_tests() -> None:
    lines = {
        file.relative_to(TESTS).as_posix(): applications_on_the_clock_of_the_machine(file.read_text(encoding="utf-8"))
        for file in TESTS.rglob("*.py")
    }

    assert {file: numbers for file, numbers in lines.items() if numbers} == {}
    assert applications_on_the_clock_of_the_machine("app = create_app(Settings(), rulesets)") == [1]


@pytest.mark.parametrize(
    "planted",
    [
        "NOW = datetime.now(UTC)",
        "import datetime\ntoday = datetime.date.today()",
        "import time\nassert time.perf_counter() - began < 5",
        "from time import monotonic",
        "import time\nstamp = time.time()",
        "clock = datetime.now",
    ],
)
def test_one_that_did_would_be_caught(planted: str) -> None:
    assert len(list(clocks_read(planted))) == 1
