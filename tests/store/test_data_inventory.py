"""Every column has its entry, and what is private or pooled cannot be read without a key."""

from pathlib import Path

from sqlalchemy import LargeBinary

from app.store.schema import data_inventory, data_inventory_page, tables
from app.store.schema.columns import Sealed
from app.store.schema.tables import metadata

MARKS = ("mark", "inputs")
"""Keyed digests: without the key of their owner they mean nothing."""


def test_every_column_of_every_table_has_an_entry_and_no_entry_is_left_over() -> None:
    there = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}

    described = {(field.table, field.name) for field in data_inventory.fields()}

    assert there - described == set(), "app/store/schema/data_inventory.py describes every column"
    assert described - there == set(), "app/store/schema/data_inventory.py describes what is no column"


def test_what_is_private_or_pooled_is_sealed_or_a_keyed_mark() -> None:
    for field in data_inventory.fields():
        kind = metadata.tables[field.table].c[field.name].type
        is_a_mark = field.name in MARKS and isinstance(kind, LargeBinary) and kind.length == 32
        if field.label != "public":
            assert isinstance(kind, Sealed) or (is_a_mark and "keyed mark" in field.purpose), field
        else:
            assert not isinstance(kind, Sealed), field


def test_of_a_partner_every_column_is_exported_or_has_a_reason() -> None:
    for table, holding in data_inventory.DATA_INVENTORY.items():
        for name, column in holding.columns.items():
            said = [column.export, column.not_exported]
            assert len([each for each in said if each]) == (holding.owner == "partner"), f"{table}.{name}"


def test_what_upkeep_removes_lies_in_the_columns_that_are_named() -> None:
    named = list(data_inventory.retention_rules())

    assert all(lapse.column in metadata.tables[table].c for table, lapse in named)
    assert {table for table, _ in named} >= {"decisions", "tokens", "kept_replies", "yeses", "invitations"}


def test_the_page_is_the_register() -> None:
    page = Path(__file__).parents[2] / "docs" / "data-inventory.md"

    assert page.read_text(encoding="utf-8") == data_inventory_page.page(), "rekindle data-inventory --write"


def test_every_file_of_the_schema_is_among_the_tables() -> None:
    files = {file.stem for file in Path(data_inventory.__file__).parent.glob("*.py")}

    imported = {module.__name__.rpartition(".")[2] for module in tables.MODULES}

    assert files - imported == {"__init__", "columns", "data_inventory", "data_inventory_page", "tables"}
