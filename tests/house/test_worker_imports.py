"""What a process that answers does not import: what it never needs, or not before somebody asks for it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNWANTED = frozenset({
    # Loaded for the first calendar that is read.
    "icalendar", "dateutil",
    # Migrations are run by another process.
    "alembic", "mako",
    # For terminals and for tests; a server prints no colours and reads no multipart forms.
    "rich", "pygments", "typer", "multipart", "httpx2", "pytest",
    # Only where an exporter is configured beside it.
    "opentelemetry.sdk",
    "jinja2", "numpy", "z3", "verification",
})  # fmt: skip


def unwanted_in(modules: str) -> set[str]:
    loaded = set(modules.split())
    return {name for name in UNWANTED if any(one == name or one.startswith(f"{name}.") for one in loaded)}


def imported_by(code: str) -> str:
    listing = f"import sys; {code}; print(*sys.modules)"
    return subprocess.run([sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_worker_imports_nothing_that_it_does_not_need() -> None:
    modules = imported_by("import app.commands.worker")

    assert "app.api.me.calendars" in modules.split()
    assert unwanted_in(modules) == set()


@pytest.mark.parametrize("planted", ["icalendar", "alembic", "typer", "app.service.calendar_file"])
def test_a_worker_that_did_would_be_caught(planted: str) -> None:
    assert unwanted_in(imported_by(f"import {planted}, app.commands.worker")) != set()
