"""A release decides for ever what it once decided. Each release has a sample in `releases/`, made when it came out."""

import json
from datetime import date
from pathlib import Path

from app.rulesets.library import Library
from app.rulesets.load import CONTENT
from app.rulesets.releases import ReleaseStore, stamps_in
from tests.replay.sample import decide, file_of
from verification.release_file import publish, with_version


def test_every_release_decides_as_it_did() -> None:
    for version in stamps_in(CONTENT):
        kept = json.loads(file_of(version).read_text(encoding="utf-8"))

        assert decide(ReleaseStore().open(CONTENT, version)) == kept, version


def test_a_release_decides_as_the_files_that_it_was_made_of(library: Library, tmp_path: Path) -> None:
    publish(tmp_path, with_version(library, "1"), date(2026, 12, 1))

    decided = decide(library)

    assert decide(ReleaseStore().open(tmp_path, "1")) == decided
    outcomes = {view["outcome"] for views in decided.values() for view in views.values()}
    assert outcomes == {"suggestions", "nothing_now", "support"}
