"""The reference page in Chromium: operations in the order of an app, found by words, with problems folded."""

import json
from pathlib import Path

import pytest

from app.api.http.collection import whole_list
from tests.node_tools import ROOT, alone, install, run
from tests.served import served
from tests.web.phones import CHROMIUM


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
    rule = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))["components"]["schemas"]["Rule"]
    assert json.loads(said["sample"]) == whole_list(rule["examples"])
    # Every reference is followed but the one of a schema to itself.
    assert {"CatalogueRules", "when", "parts", "holds_for", "grade"} <= set(said["schema"]["titles"])
    assert said["schema"]["references"] == ["$ref#/components/schemas/Condition"]
