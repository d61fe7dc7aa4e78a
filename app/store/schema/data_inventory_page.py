"""The data inventory as a page for readers, `docs/data-inventory.md`."""

from collections.abc import Iterator

from app.store.schema.data_inventory import DATA_INVENTORY, Column


def page() -> str:
    """Return the inventory as a Markdown page."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    yield "# The data inventory\n\n"
    yield "Written by `rekindle data-inventory --write` from `app/store/schema/data_inventory.yaml`;\n"
    yield "a test holds the two together.\n\n"
    yield "**Label** says whom a field may affect. `pooled`: it may shape what both partners are offered. `private`:\n"
    yield "its owner alone. `public`: it is no answer, and stands in the database as it is. What is private or pooled\n"
    yield "is sealed with a key of its owner, or is a keyed mark that means nothing without that key.\n"
    for name, table in DATA_INVENTORY.items():
        yield f"\n## {name}\n\nOf the {table.owner}. Kept {table.retention}."
        yield f" Stays after erasure: {table.outlives_erasure}.\n\n" if table.outlives_erasure else "\n\n"
        yield "| field | label | for | in the export |\n|---|---|---|---|\n"
        for column_name, column in table.columns.items():
            yield f"| `{column_name}` | {column.label} | {column.purpose} | {_exported(column)} |\n"


def _exported(column: Column) -> str:
    return f"`{column.export}`" if column.export else f"no: {column.not_exported}" if column.not_exported else ""
