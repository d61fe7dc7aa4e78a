import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.api.recommendations.recommendations import RecommendationRequest, recommend
from app.engine.evaluate import evaluate_both
from app.rulesets import releases
from app.rulesets.canonical import declared_in, digest_of, read_declared, to_bytes, write
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.proofs import Proofs, Proved
from app.rulesets.releases import ReleaseStore, file_of, is_proved, read_release, stamps_in
from tests.engine.reports import random_report, seeded
from verification import release_file
from verification.release_file import VersionTaken, publish, seal, with_version

DAY = date(2026, 11, 23)
Release = Callable[[Library], Path]


@pytest.fixture(scope="session")
def released(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one release: the content of this repository."""
    root = tmp_path_factory.mktemp("released")
    publish(root, library, DAY)
    return root


@pytest.fixture(scope="session")
def again(released: Path, library: Library) -> Library:
    """The same content, back from its release."""
    return ReleaseStore().open(released, library.version)


@pytest.fixture(scope="session")
def little(few: Path) -> Library:
    return load_ruleset(few)


@pytest.fixture
def root(tmp_path: Path, little: Library) -> Path:
    """A folder with the release of a small ruleset."""
    publish(tmp_path, little, DAY)
    return tmp_path


def test_a_release_is_read_into_an_equal_library(library: Library, again: Library) -> None:
    assert again.digest == library.digest
    assert digest_of(write(declared_in(again))) == library.digest
    for before, after in zip(library.ruleset.rules, again.ruleset.rules, strict=True):
        assert [list(each.given) for each in before.scenarios] == [list(each.given) for each in after.scenarios]


def test_a_release_decides_as_the_files_did_on_thousands_of_reports(library: Library, again: Library) -> None:
    random = seeded(23)
    for _ in range(2000):
        a, b = random_report(random, is_safe=False), random_report(random, is_safe=False)
        for before, after in zip(
            evaluate_both(library.compiled, a, b), evaluate_both(again.compiled, a, b), strict=True
        ):
            assert repr(before) == repr(after)


def test_a_release_answers_byte_for_byte_as_the_files_did(library: Library, again: Library) -> None:
    likes = ("love", "ok", "avoid")
    for number in range(300):
        report = {
            "time_together": {"hours_per_week": number % 20},
            "conflict": {"level": ("rare", "occasional", "frequent", "chronic")[number % 4]},
            "busyness": {"level": "full", "longest_slot_minutes": 5 + number},
            "activity_preferences": {"likes": {"walk": likes[number % 3], "talk": likes[number % 2]}},
            "safety": {"fear": "yes" if number % 17 == 0 else "no"},
        }
        asked = RecommendationRequest.model_validate(
            {
                "reports": {"a": report, "b": report},
                "explain": "full",
                "country": "GB",
                "max_activities": 1 + number % 9,
            }
        )
        assert recommend(library, asked, DAY) == recommend(again, asked, DAY)


def test_the_same_content_is_the_same_bytes(library: Library, again: Library) -> None:
    assert seal(library, DAY) == seal(replace(again, proofs=library.proofs), DAY)


def test_a_release_says_what_is_in_it(released: Path, library: Library) -> None:
    summary = read_release(released, library.version).summary

    assert summary.version == library.version
    assert summary.digest == library.digest
    assert summary.released_on == DAY
    assert dict(summary.counts)["rules"] == len(library.ruleset.rules)
    assert summary.locales == ("en",)


def test_a_proof_of_exactly_this_content_goes_into_the_release(root: Path, little: Library) -> None:
    held = {wanted.id: Proved(holds=True, cells=1, inputs=10**30, seconds=0.5) for wanted in little.properties}
    proofs = Proofs(little.digest, "2026-11-23", "z3", held)
    proved, of_others = replace(little, proofs=proofs), replace(little, proofs=replace(proofs, digest="sha256:0"))
    (root / "proved").mkdir()
    publish(root / "proved", proved, DAY)

    assert is_proved(proved)
    assert not is_proved(of_others)
    assert read_release(root / "proved", little.version).summary.is_proved
    assert ReleaseStore().open(root / "proved", little.version).proofs == proofs
    assert ReleaseStore().open(root, little.version).proofs is None


def test_what_was_not_shown_to_hold_is_not_proved(little: Library) -> None:
    wanted = [each for each in little.properties if each.means]
    assert wanted
    for held in ({}, {each.id: Proved(holds=False, cells=1, inputs=1, seconds=1.0) for each in wanted}):
        assert not is_proved(replace(little, proofs=Proofs(little.digest, "2026-11-23", "z3", held)))


# Versions


def test_the_next_version_is_the_month_or_its_first_free_number(root: Path, little: Library) -> None:
    assert release_file.next_version(root, DAY) == "2026.11"
    for version in ("2026.11", "2026.11.1"):
        publish(root, with_version(little, version), DAY)

    assert release_file.next_version(root, DAY) == "2026.11.2"
    assert release_file.next_version(root, date(2027, 1, 1)) == "2027.01"


def test_a_version_is_given_once(root: Path, little: Library) -> None:
    before = file_of(root, little.version).read_bytes()

    with pytest.raises(VersionTaken):
        publish(root, little, date(2027, 1, 1))

    assert file_of(root, little.version).read_bytes() == before
    assert [file.name for file in (root / "releases").iterdir()] == [f"{little.version}.json"]


def test_releases_stand_in_the_order_of_their_numbers(root: Path, little: Library) -> None:
    for version in ("3.10", "3.9", "3.9.1", "3.9-b", "4", "x"):
        publish(root, with_version(little, version), DAY)
    (root / "releases" / "notes.txt").touch()
    (root / "releases" / ".3.9.json.tmp").touch()
    (root / "releases" / "a b.json").touch()

    assert [*stamps_in(root)] == sorted(
        [little.version, "3.9", "3.9-b", "3.9.1", "3.10", "4", "x"], key=releases.in_order
    )
    assert [*stamps_in(root)].index("3.9") < [*stamps_in(root)].index("3.10")


# Writing


def test_a_release_that_breaks_off_leaves_nothing_behind(
    tmp_path: Path, little: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", break_off)
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, little, DAY)

    assert list((tmp_path / "releases").iterdir()) == []


# What is refused


def refusal(root: Path, version: str) -> str:
    with pytest.raises(ContentError) as caught:
        ReleaseStore().open(root, version)
    (mistake,) = caught.value.mistakes
    assert mistake.place.file == f"releases/{version}.json"
    return mistake.reason


def resealed(document: Mapping[str, Any]) -> bytes:
    rest = {key: part for key, part in document.items() if key != "seal"}
    return to_bytes(rest | {"seal": digest_of(rest)}) + b"\n"


def test_a_release_that_is_not_there_is_told_from_those_that_are(root: Path, tmp_path: Path, little: Library) -> None:
    assert refusal(root, "2000.1") == f"there is no release 2000.1; releases: {little.version}"
    assert refusal(tmp_path / "nowhere", "2000.1").endswith("releases: none")


def test_a_release_that_cannot_be_read_says_why(root: Path) -> None:
    file_of(root, "folder").mkdir()

    assert refusal(root, "folder").startswith("this cannot be read: ")


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda data: data.replace(b'"need":"strong"', b'"need":"slight"', 1), id="a need"),
        pytest.param(lambda data: data.replace(b"2026-11-23", b"2026-11-24"), id="the day"),
        pytest.param(lambda data: data.replace(b'"proved":false', b'"proved":true'), id="what is proved"),
        pytest.param(lambda data: data + b"\n", id="a line at its end"),
        pytest.param(lambda data: data.replace(b'"format":2', b'"format": 2'), id="a blank"),
        pytest.param(lambda data: data.replace(b'"format":2', b'"format":2,"format":2'), id="a key twice"),
        pytest.param(lambda data: data.replace(b'"format":2', b'"format":2,"more":NaN'), id="what is no JSON"),
        pytest.param(lambda data: data.replace(b'"seal"', b'"deal"'), id="no seal"),
    ],
)
def test_an_edited_release_is_refused(root: Path, little: Library, edit: Callable[[bytes], bytes]) -> None:
    file = file_of(root, little.version)
    data = file.read_bytes()
    assert edit(data) != data
    file.write_bytes(edit(data))

    assert refusal(root, little.version).startswith("this was changed after it was released")


@pytest.mark.parametrize("data", [b"", b"{", b'{"format":2', b"\xff\xfe", b"[" * 100_000])
def test_a_release_that_was_cut_short_is_refused(root: Path, data: bytes) -> None:
    file_of(root, "cut").write_bytes(data)

    assert "not JSON" in refusal(root, "cut")


@pytest.mark.parametrize("data", [b"[]", b"{}", b"3", b'{"version":"cut"}'])
def test_what_is_no_release_is_refused(root: Path, data: bytes) -> None:
    file_of(root, "cut").write_bytes(data)

    assert "this is not a release" in refusal(root, "cut")


@pytest.mark.parametrize("other", [1, 3])
def test_another_format_is_refused_by_its_number(root: Path, little: Library, other: int) -> None:
    file = file_of(root, little.version)
    file.write_bytes(resealed(json.loads(file.read_bytes()) | {"format": other}))

    assert refusal(root, little.version) == f"its format is {other}, and this version of Rekindle reads 2"


def test_a_wrong_digest_is_refused_whatever_the_seal_says(root: Path, little: Library) -> None:
    file = file_of(root, little.version)
    file.write_bytes(resealed(json.loads(file.read_bytes()) | {"digest": f"sha256:{'0' * 64}"}))

    assert refusal(root, little.version) == "its digest is that of other content"


def test_a_release_under_another_name_is_refused(root: Path, little: Library) -> None:
    file_of(root, "other").write_bytes(file_of(root, little.version).read_bytes())

    assert refusal(root, "other") == f"this is the release '{little.version}' under another name"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("released_on", "soon"),
        ("counts", []),
        ("counts", {"rules": "many"}),
        ("proofs", {"digest": 3}),
        ("declared/ruleset/rules", None),
        ("declared/ruleset/rules/0/status", "signed"),
        ("declared/ruleset/rules/0/need", 3),
        ("declared/ruleset/rules/0/when", {"is": "Clause"}),
        ("declared/ruleset/rules/0/when", {"is": "Rule"}),
        ("declared/ruleset/rules/0/when", {"finding": "talk"}),
        ("declared/ruleset/rules/0/colour", "red"),
        ("declared/ruleset/findings", []),
        ("declared/ruleset/activities/0/minutes", True),
        ("declared/ruleset/activities/0/minutes", "ten"),
        ("declared/ruleset/findings/0/tries", [["only one"]]),
        ("declared/help_lines/0/verified_on", "yesterday"),
        ("declared/questions/0/levels_with_help", {}),
        ("declared/texts", {"en": {"a": 3}}),
        ("declared/texts", 3),
    ],
)
def test_what_another_version_wrote_in_another_way_is_refused(
    root: Path, little: Library, path: str, value: object
) -> None:
    file = file_of(root, little.version)
    document = json.loads(file.read_bytes())
    *way, last = path.split("/")
    part = document
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    part[last] = value
    document["digest"] = digest_of(document["declared"])
    file.write_bytes(resealed(document))

    assert refusal(root, little.version).startswith("this is not a release that this version can read: ")


def test_a_field_that_came_later_is_read_by_its_default(little: Library) -> None:
    written = write(declared_in(little))
    for wanted in written["properties"]:
        wanted.pop("excused")

    assert [each.id for each in read_declared(written).properties] == [each.id for each in little.properties]


# Many at once


def test_releases_hold_what_is_equal_in_them_once(root: Path, little: Library) -> None:
    texts = {"en": {**little.texts["en"], "rules/no-surprises/says": "Not now."}}
    other = replace(with_version(little, "other"), texts=texts)
    publish(root, replace(other, digest=digest_of(write(declared_in(other)))), DAY)
    shelf = ReleaseStore()

    one, two = shelf.open(root, little.version), shelf.open(root, "other")

    assert two.texts["en"]["rules/no-surprises/says"] == "Not now."
    assert one.texts["en"]["rules/no-surprises/says"] != "Not now."
    assert all(a is b for a, b in zip(one.ruleset.rules, two.ruleset.rules, strict=True))
    assert one.compiled.judge is two.compiled.judge
    assert one.compiled.reading.pooled is two.compiled.reading.pooled
    assert two.compiled.ruleset.version == "other"
    key = "rules/no-surprises/title"
    assert one.texts["en"][key] is two.texts["en"][key]


def test_releases_with_other_rules_share_the_rest_alone(root: Path, little: Library) -> None:
    changed = replace(little.ruleset, version="other", rules=little.ruleset.rules[:1])
    declared = replace(declared_in(little), ruleset=changed)
    publish(root, replace(little, ruleset=changed, digest=digest_of(write(declared))), DAY)
    shelf = ReleaseStore()

    one, two = shelf.open(root, little.version), shelf.open(root, "other")

    assert one.compiled.judge is not two.compiled.judge
    assert one.compiled.index is two.compiled.index
    assert len(two.compiled.rules) == 1


def test_releases_that_say_something_else_first_judge_by_their_own_conditions(root: Path, little: Library) -> None:
    changed = replace(little.ruleset, version="other", openings=little.ruleset.openings[1:])
    declared = replace(declared_in(little), ruleset=changed)
    publish(root, replace(little, ruleset=changed, digest=digest_of(write(declared))), DAY)
    shelf = ReleaseStore()

    one, two = shelf.open(root, little.version), shelf.open(root, "other")

    assert little.ruleset.openings
    assert one.compiled.judge is not two.compiled.judge
    assert two.compiled.first_sign == one.compiled.first_sign - 1
