"""Every column has its entry, and what is private or pooled cannot be read without a key."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import yaml
from sqlalchemy import LargeBinary

from app.store.schema import data_inventory, data_inventory_page, tables
from app.store.schema.columns import Sealed
from app.store.schema.tables import metadata

MARKS = ("mark", "inputs")
"""Keyed digests: without the key of their owner they mean nothing."""


def columns() -> Iterator[tuple[str, str, data_inventory.Column]]:
    for table, record in data_inventory.DATA_INVENTORY.items():
        for name, column in record.columns.items():
            yield table, name, column


def test_no_name_stands_twice_in_the_file() -> None:
    written = yaml.compose(Path(data_inventory.__file__).with_suffix(".yaml").read_text(encoding="utf-8"))

    nodes = [written]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.MappingNode):
            names = [name.value for name, _ in node.value]
            assert sorted(set(names)) == sorted(names)
            nodes += [part for _, part in node.value]


def test_every_column_of_every_table_has_an_entry_and_no_entry_is_left_over() -> None:
    there = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}

    described = {(table, name) for table, name, _ in columns()}

    assert there - described == set(), "app/store/schema/data_inventory.yaml describes every column"
    assert described - there == set(), "app/store/schema/data_inventory.yaml describes what is no column"


def test_what_is_private_or_pooled_is_sealed_or_a_keyed_mark() -> None:
    for table, name, column in columns():
        kind = metadata.tables[table].c[name].type
        is_a_mark = name in MARKS and isinstance(kind, LargeBinary) and kind.length == 32
        if column.label != "public":
            assert isinstance(kind, Sealed) or (is_a_mark and "keyed mark" in column.purpose), (table, name)
        else:
            assert not isinstance(kind, Sealed) or name == "external_sealed", (table, name)


def test_of_a_partner_every_column_is_exported_or_has_a_reason() -> None:
    for table, holding in data_inventory.DATA_INVENTORY.items():
        for name, column in holding.columns.items():
            said = [column.export, column.not_exported]
            assert len([each for each in said if each]) == (holding.owner == "partner"), f"{table}.{name}"


def test_what_maintenance_removes_lies_in_the_columns_that_are_named() -> None:
    named = list(data_inventory.retention_rules())

    assert all(lapse.column in metadata.tables[table].c for table, lapse in named)
    assert {table for table, _ in named} >= {"decisions", "tokens", "kept_replies", "yeses", "invitations"}


def test_the_page_is_the_register() -> None:
    page = Path(__file__).parents[2] / "docs" / "data-inventory.md"

    assert page.read_text(encoding="utf-8") == data_inventory_page.page(), "rekindle data-inventory --write"


def test_every_file_of_the_schema_is_among_the_tables() -> None:
    files = {file.stem for file in Path(data_inventory.__file__).parent.glob("*.py")}

    imported = {name for name, value in vars(tables).items() if isinstance(value, ModuleType)}

    assert files - imported == {"__init__", "data_inventory", "data_inventory_page", "tables"}
