"""Decisions kept for ever: what was asked, and the digest of every byte that was answered.

    python -m tests.replay.recording 2026.11

records the decisions of a release, once, from its file. What was recorded is never written again.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.api.recommendations.recommendations import RecommendationRequest, recommend
from app.rulesets.library import Library
from app.rulesets.load import CONTENT
from app.rulesets.releases import ReleaseStore
from tests.engine.reports import random_report, seeded

HERE = Path(__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = date(2026, 11, 23)
"""Which help lines are still in date depends on the day alone (decision 7), so the day is part of the request."""

REQUIRED: Mapping[str, Any] = {
    "time_together": {"hours_per_week": 4},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "normal"},
    "activity_preferences": {"likes": {}},
}
PLAIN = {**REQUIRED, "activity_preferences": {"likes": {"walk": "love", "screen": "ok"}}}
RANDOM = 42


def answer(library: Library, request: Mapping[str, Any], day: date) -> bytes:
    """What was answered, byte for byte."""
    return recommend(library, RecommendationRequest.model_validate(request), day).body


def essence(body: bytes) -> dict[str, Any]:
    """What a person looks at when the bytes differ."""
    said = json.loads(body)
    return {
        name: {
            "outcome": view["outcome"],
            "strategies": [f"{each['id']} {each['standing']}" for each in view["strategies"]],
            "activities": [each["id"] for each in view["activities"]],
            "insights": [each["id"] for each in view["insights"]],
            "support": view["support"] and view["support"]["kind"],
        }
        for name, view in said["views"].items()
    }


def record(library: Library, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    body = answer(library, request, DAY)
    digest = f"sha256:{sha256(body).hexdigest()}"
    return {"name": name, "request": request, "day": DAY.isoformat(), "answer": digest, "views": essence(body)}


def requests(version: str) -> dict[str, dict[str, Any]]:
    """The examples of the documentation, one of each kind of view, and random ones of every density."""
    asked = {
        f"example {file.stem}": json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(EXAMPLES.glob("*.json"))
        if file.stem != "index"
    }
    for question in ("fear", "self_harm", "worried_about_own_acts"):
        report = {**PLAIN, "safety": {question: "yes"}}
        asked[f"support {question}"] = {"reports": {"a": report, "b": PLAIN}, "country": "GB"}
    asked["support in two countries"] = {
        "reports": {"a": {**PLAIN, "safety": {"humiliated": "often"}}, "b": {**PLAIN, "safety": {"hurt": "yes"}}},
        "country": {"a": "US", "b": "AQ"},
    }
    asked["not willing"] = {"reports": {"a": {**PLAIN, "private": {"willingness": "no"}}, "b": PLAIN}}
    asked["one alone"] = {"reports": {"a": PLAIN}, "max_activities": 20}
    asked["only b"] = {"reports": {"a": PLAIN, "b": {**PLAIN, "conflict": {"level": "chronic"}}}, "viewer": "b"}
    asked["no words"] = {"reports": {"a": PLAIN, "b": PLAIN}, "explain": "none", "max_activities": 1}
    random = seeded(2311)
    for number in range(RANDOM):
        pair = {name: as_sent(random_report(random, is_safe=number % 4 > 0)) for name in ("a", "b")}
        asked[f"random {number:02}"] = {
            "reports": pair if number % 5 else {"a": pair["a"]},
            "explain": ("reasons", "full", "none")[number % 3],
            "max_activities": (5, 3, 8, 20)[number % 4],
            "country": ("US", "GB", "DE")[number % 3],
        }
    return {name: {**request, "ruleset": version} for name, request in asked.items()}


def as_sent(report: Any) -> Any:
    """A generated report as JSON, with the required answers where it has none."""
    sent = plain(report)
    for group, answers in REQUIRED.items():
        sent[group] = {**answers, **sent.get(group, {})}
    return sent


def plain(value: Any) -> Any:
    if is_dataclass(value):
        parts = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {name: part for name, part in parts.items() if part is not None}
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(sorted(value.items())) if isinstance(value, Mapping) else value


def write(version: str) -> Path:
    library = ReleaseStore().open(CONTENT, version)
    decisions = [record(library, name, request) for name, request in requests(version).items()]
    kept = {"version": version, "digest": library.digest, "decisions": decisions}
    file = HERE / f"{version}.json"
    with file.open("x", encoding="utf-8") as opened:
        json.dump(kept, opened, ensure_ascii=False, indent=1)
        opened.write("\n")
    return file


if __name__ == "__main__":
    sys.stdout.write(f"{write(sys.argv[1])}\n")
