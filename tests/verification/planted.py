"""Planted edits of the content, as data, made in a copy of it."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from app.engine.condition_parser import parse_rule_condition
from app.engine.conditions import Clause, clause_truth, clauses, leaves, truth
from app.rulesets.load import CONTENT

FILE = Path(__file__).with_name("evil.yaml")
Change = None | str | list[str]


def planted() -> dict[str, dict[str, Any]]:
    """Every edit by its name: its changes, and who catches it."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def plant(root: Path, edit: Mapping[str, Any]) -> None:
    """Make an edit in a content folder."""
    for file, change in edit["changes"].items():
        path = root / file
        path.write_text(_changed(path, change), encoding="utf-8") if change is not None else path.unlink()
        if file.startswith("rules/") and change is not None and not edit.get("keeps_scenarios"):
            _adapt_scenarios(root, path)
        if change is None:
            _without_mentions(root, path.stem)


def _changed(path: Path, change: str | list[str]) -> str:
    if isinstance(change, str):
        return change
    text = path.read_text(encoding="utf-8")
    for old, new in zip(change[::2], change[1::2], strict=True):
        assert old in text, f"{path.name} has no {old!r}"
        text = text.replace(old, new)
    return text


def _adapt_scenarios(root: Path, path: Path) -> None:
    """One scenario on each side of the line, as its author would write them."""
    findings = yaml.load((root / "findings.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    values = {name: tuple(entry["values"]) for name, entry in findings.items()}
    text = path.read_text(encoding="utf-8").partition("\nscenarios:")[0].rstrip("\n")
    when = yaml.load(text, Loader=yaml.BaseLoader)["when"]  # noqa: S506
    conditions = [parse_rule_condition(each, values) for each in when]
    read = sorted({clause.finding for condition in conditions for clause in clauses(condition)})
    for codes in product(*(range(len(values[name])) for name in read)):
        at = dict(zip(read, codes, strict=True))
        if all(_is_true(condition, at) for condition in conditions):
            given = ", ".join(f"{name}: {values[name][code]}" for name, code in at.items())
            text += f"\nscenarios:\n  - {{ given: {{ {given} }}, expect: fires }}\n"
            text += "  - { given: {}, expect: silent }\n" if read else ""
            path.write_text(text, encoding="utf-8")
            return
    raise AssertionError(f"{path.name} can never fire")


def _is_true(condition: Any, codes: Mapping[str, int]) -> bool:
    assert all(isinstance(leaf, Clause) for leaf in leaves(condition))
    return truth(condition, lambda leaf: clause_truth(leaf, codes)) is True  # type: ignore[arg-type]


def _without_mentions(root: Path, rule: str) -> None:
    """Who drops a rule drops its excuse too."""
    properties = root / "properties.yaml"
    assert CONTENT not in properties.parents
    assert f"    {rule}:" not in properties.read_text(encoding="utf-8")
