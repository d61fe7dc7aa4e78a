"""A column is added as CONTRIBUTING.md says, in a copy of the repository, and nothing else is needed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.store.connection.revision import HEAD
from app.store.schema.data_inventory import DATA_INVENTORY
from app.store.schema.tables import metadata

ROOT = Path(__file__).parents[2]
COPIED = ("app", "migrations", "tests", "alembic.ini", "pyproject.toml", "docs/data-inventory.md")
UNDESCRIBED = [
    f"{table.name}.{column.name}"
    for table in metadata.sorted_tables
    for column in table.columns
    if table.name not in DATA_INVENTORY or column.name not in DATA_INVENTORY[table.name].columns
]
COLUMN = '    Column("contact", String(100), comment="Where the operator reaches them."),\n'
ENTRY = '    contact: { label: public, purpose: "lets the operator reach them" }\n'


pytestmark = pytest.mark.skipif(bool(UNDESCRIBED), reason=f"data_inventory.yaml lacks {', '.join(UNDESCRIBED)}")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    for name in COPIED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"REKINDLE_DATABASE_URL": "sqlite:///door.db"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def must(copy: Path, *command: str) -> str:
    done = run(copy, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def insert_after(file: Path, line: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert line in text
    file.write_text(text.replace(line, line + new, 1), encoding="utf-8")


def checked(copy: Path) -> subprocess.CompletedProcess[str]:
    tests = ("tests/store/test_migrations.py", "tests/store/test_data_inventory.py")
    of_the_tables = "are_the_ones or one_line or dated or every_column or page or up_down"
    return run(
        copy, "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", *tests,
        "-k", f"not postgresql and ({of_the_tables})",
    )  # fmt: skip


def test_a_column_is_added_by_its_four_steps(copy: Path) -> None:
    schema = copy / "app/store/schema/integrators.py"
    before = set((copy / "migrations/versions").glob("*.py"))

    must(copy, "app", "migrate")
    insert_after(schema, '    Column("name", String(100), nullable=False),\n', COLUMN)
    must(copy, "alembic", "revision", "--autogenerate", "-m", "Contact of an integrator")
    forgotten = checked(copy)
    insert_after(
        copy / "app/store/schema/data_inventory.yaml",
        '    name: { label: public, purpose: "tells the operator who it is" }\n',
        ENTRY,
    )
    must(copy, "app", "data-inventory", "--write")

    [migration] = set((copy / "migrations/versions").glob("*.py")) - before
    day = migration.stem[:10].replace("_", "")
    assert migration.stem.endswith("_contact_of_an_integrator")
    text = migration.read_text(encoding="utf-8")
    assert re.search(rf'^revision = "{day}[a-z]"\ndown_revision = "{HEAD}"$', text, re.MULTILINE)
    assert 'sa.Column("contact", sa.String(length=100)' in text
    must(copy, "ruff", "check", "--no-cache", str(migration))
    must(copy, "ruff", "format", "--no-cache", "--check", str(migration))
    assert "data_inventory.yaml describes every column" in forgotten.stdout, forgotten.stdout
    assert "restore" not in must(copy, "app", "migrate")
    done = checked(copy)
    assert done.returncode == 0, done.stdout


def test_a_column_without_a_migration_is_named_with_the_command(copy: Path) -> None:
    schema = copy / "app/store/schema/integrators.py"
    insert_after(schema, '    Column("name", String(100), nullable=False),\n', COLUMN)

    output = checked(copy).stdout
    assert "alembic revision --autogenerate" in output, output
