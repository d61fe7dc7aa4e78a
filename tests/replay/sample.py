"""A sample of what a release decides. `python -m tests.replay.sample VERSION` keeps that of a new release."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from app.api.recommendations.recommendations import RecommendationRequest, recommend
from app.rulesets.library import Library
from app.rulesets.load import CONTENT
from app.rulesets.releases import ReleaseStore

FOLDER = Path(__file__).parent
REQUESTS = json.loads((FOLDER / "requests.json").read_text(encoding="utf-8"))


def file_of(version: str) -> Path:
    """Return where the sample of a release stands."""
    return FOLDER / "releases" / f"{version}.json"


def decide(library: Library) -> dict[str, Any]:
    """Return what the views of each request decide, by the request's name."""
    return {one["name"]: _decide_one(library, one) for one in REQUESTS}


def _decide_one(library: Library, one: dict[str, Any]) -> dict[str, Any]:
    request = RecommendationRequest.model_validate(one["request"])
    body = recommend(library, request, date.fromisoformat(one["day"])).body
    return {partner: _ids_in(view) for partner, view in json.loads(body)["views"].items()}


def _ids_in(view: dict[str, Any]) -> dict[str, Any]:
    return {
        "outcome": view["outcome"],
        "strategies": [f"{each['id']} {each['standing']}" for each in view["strategies"]],
        "activities": [f"{each['id']} {each['place']}" for each in view["activities"]],
        "insights": [each["id"] for each in view["insights"]],
        "reasons": sorted(view["reasons"]),
        "support": view["support"] and view["support"]["kind"],
    }


if __name__ == "__main__":
    (version,) = sys.argv[1:]
    file_of(version).parent.mkdir(exist_ok=True)
    decided = json.dumps(decide(ReleaseStore().open(CONTENT, version)), indent=1)
    file_of(version).write_text(f"{decided}\n", encoding="utf-8")
