"""Tests pass under a clock that is a year ahead: nothing in them rests on the day they were written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAKETIME = shutil.which("faketime")
# The content, and what of it has a date. Tests with a database wait on locks that libfaketime turns for good; that
# their applications know the clock of the tests alone is held by tests/house/test_clock.py.
PARTS = ("content/test_help.py", "content/test_claims.py", "content/test_rules.py", "api/catalogue/test_help.py")


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed (Debian: apt-get install faketime)")
def test_tests_pass_a_year_later() -> None:
    done = subprocess.run(
        [
            *(str(FAKETIME), "-m", "-f", "+1y"),
            *(sys.executable, "-m", "pytest", "-p", "tests.year_later", "-p", "no:randomly", "-p", "no:cacheprovider"),
            "-q",
            *(f"tests/{part}" for part in PARTS),
        ],
        cwd=ROOT,
        # Waiting is by the monotonic clock, which stays as it is.
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "POSTGRESQL_OF"))}
        | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-1_000:]
