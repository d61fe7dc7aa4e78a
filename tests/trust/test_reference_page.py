"""The reference page in Chromium: operations in the order of an app, found by words, with problems folded."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.node_tools import ROOT, alone, install, run
from tests.samples import examples_of
from tests.served import served
from tests.web.phones import CHROMIUM


def shown(*names: str) -> dict[str, Any]:
    """Return the example of the success of each operation that has such a name."""
    document = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
    operations = {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}
    successes = {name: next(iter(operations[name]["responses"].values())) for name in names}
    return {name: examples_of(document, one["content"]["application/json"])[0] for name, one in successes.items()}


@pytest.mark.skipif(CHROMIUM is None, reason="the reference page in a browser: Chromium is not here")
def test_a_newcomer_finds_an_operation(tmp_path: Path) -> None:
    with alone(ROOT / "web"):
        install(ROOT / "web")
    assert CHROMIUM

    with served(tmp_path / "output") as server:
        page = Path(__file__).with_name("reference_page.mjs")
        said = json.loads(run("node", page, CHROMIUM, server.address, cwd=tmp_path))

    assert said["faults"] == []
    assert said["tags"] == ["recommendations", "integrators", "me", "catalogue", "help", "service"]
    assert said["width"] <= 390
    assert said["folded"] - said["left"] == 1
    assert said["folded"] >= 8
    assert {name: json.loads(sample) for name, sample in said["samples"].items()} == shown(*said["samples"])
    # Every reference is followed but the one of a schema to itself.
    assert {"CatalogueRules", "when", "parts", "holds_for", "grade"} <= set(said["schema"]["titles"])
    assert said["schema"]["references"] == ["$ref#/components/schemas/Condition"]
