"""What a release once decided, it decides for ever, to the last byte."""

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from app.rulesets.active_ruleset import EDITED, load_head
from app.rulesets.load import CONTENT
from app.rulesets.releases import ReleaseStore, stamps_in
from tests.replay.recording import answer, essence

RECORDED = sorted(file for file in Path(__file__).parent.glob("*.json"))


def test_decisions_of_every_release_are_recorded() -> None:
    assert {file.stem for file in RECORDED} == set(stamps_in(CONTENT))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_every_recorded_decision_is_made_again_byte_for_byte(file: Path) -> None:
    recorded = json.loads(file.read_text(encoding="utf-8"))
    library = ReleaseStore().open(CONTENT, recorded["version"])
    assert library.digest == recorded["digest"]

    differing = []
    for decision in recorded["decisions"]:
        body = answer(library, decision["request"], date.fromisoformat(decision["day"]))
        if f"sha256:{sha256(body).hexdigest()}" != decision["answer"]:
            differing.append((decision["name"], decision["views"], essence(body)))

    assert differing == []
    assert len(recorded["decisions"]) >= 50


def test_files_that_were_edited_since_their_release_have_a_version_of_their_own() -> None:
    version = load_head(CONTENT).version

    assert not version.endswith(EDITED), "give the content a new version in ruleset.yaml, then `rekindle release`"
