"""A release decides for ever what it once decided. The files beside this one hold a sample of each release."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.api.recommendations.recommendations import RecommendationRequest, recommend
from app.rulesets.load import CONTENT
from app.rulesets.releases import ReleaseStore

SAMPLES = sorted(Path(__file__).parent.glob("*.json"))


def ids_in(body: bytes) -> dict[str, Any]:
    """What each view decides: its outcome, and the ids of what it shows, in their order."""
    return {
        name: {
            "outcome": view["outcome"],
            "strategies": [f"{each['id']} {each['standing']}" for each in view["strategies"]],
            "activities": [each["id"] for each in view["activities"]],
            "insights": [each["id"] for each in view["insights"]],
            "support": view["support"] and view["support"]["kind"],
        }
        for name, view in json.loads(body)["views"].items()
    }


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_a_release_decides_as_it_did(file: Path) -> None:
    sample = json.loads(file.read_text(encoding="utf-8"))
    library = ReleaseStore().open(CONTENT, sample["version"])

    for decision in sample["decisions"]:
        request = RecommendationRequest.model_validate(decision["request"])
        body = recommend(library, request, date.fromisoformat(decision["day"])).body
        assert ids_in(body) == decision["views"], decision["name"]
