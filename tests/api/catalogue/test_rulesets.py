import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.api.catalogue.rulesets import _properties
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset, load_head
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.proofs import Proofs, Proved
from app.rulesets.releases import file_of
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from verification.release_file import publish, with_version

DAY = date(2026, 11, 23)
RULE = "rules/structure-first-when-talk-is-strained.yaml"
NEED, TITLE = ("need: strong", "need: slight"), ("title: Begin", "title: Start")
PATHS = ("/v1/recommendations", "/v1/explanations")


def in_force(client: TestClient) -> dict[str, object]:
    (ruleset,) = (each for each in client.get("/v1/rulesets").json()["data"] if each["in_force"])
    return dict(ruleset)


def test_the_one_in_force_is_the_one_that_views_name(client: TestClient, whole_report: dict[str, object]) -> None:
    ruleset = in_force(client)
    view = client.post("/v1/recommendations", json={"reports": {"a": whole_report}}).json()

    assert ruleset["in_force"] is True
    assert view["ruleset"] == {"version": ruleset["version"], "digest": ruleset["digest"]}
    pinned = {"reports": {"a": whole_report}, "ruleset": ruleset["version"]}
    assert client.post("/v1/recommendations", json=pinned).status_code == 200


def test_it_counts_what_the_catalogue_lists(client: TestClient) -> None:
    ruleset = in_force(client)
    counts = ruleset["counts"]
    assert isinstance(counts, dict)

    for what in ("findings", "rules", "insights", "strategies", "activities", "claims"):
        assert counts[what] == len(client.get(f"/v1/{what}").json()["data"])
    activities = client.get("/v1/activities").json()["data"]
    for what in ("practice", "purpose"):
        assert counts[f"{what}s"] == len({activity[what] for activity in activities})
    assert counts["questions"] == len(client.get("/v1/questions").json()["questions"])
    reviewed = [rule for rule in client.get("/v1/rules").json()["data"] if rule["status"] == "reviewed"]
    assert counts["rules_reviewed"] == len(reviewed)


def test_nothing_is_said_to_be_proved_that_is_not(client: TestClient) -> None:
    """A proof is of one digest: what is served as proved is what that proof found to hold."""
    library = load_head(CONTENT)
    listed = {entry["id"]: entry for entry in client.get("/v1/properties").json()["data"]}

    assert list(listed) == [wanted.id for wanted in library.properties]
    is_current = library.proofs is not None and library.proofs.digest == library.digest
    for entry in listed.values():
        assert not entry["proved"] or (is_current and set(entry["means"]) & {"solver", "cells", "engine"})
        assert bool(entry["proved_on"]) <= is_current
        assert (entry["argument"] is not None) == ("argument" in entry["means"])


def test_a_proof_of_other_content_says_nothing_of_this() -> None:
    library = load_ruleset()
    held = Proved(holds=True, cells=3, inputs=10**30, seconds=0.1)
    proofs = Proofs(library.digest, "2026-11-23", "z3 5.4.1", {w.id: held for w in library.properties if w.means})

    def served(of: Proofs | None) -> list[dict[str, Any]]:
        shelf = _properties(replace(library, proofs=of), "en")
        return [json.loads(entry) for entry in shelf.items.values()]

    by_id = {entry["id"]: entry for entry in served(proofs)}
    assert by_id["a-tender-season-is-gentle"]["proved"]
    assert by_id["a-tender-season-is-gentle"]["inputs"] == str(10**30)
    assert not by_id["the-list-is-fair"]["proved"], "what was only tried is not proved"
    assert not by_id["the-quiet-page-tells-nothing"]["proved"]
    for other in (None, replace(proofs, digest="sha256:0")):
        assert not any(entry["proved"] or entry["cells"] or entry["proved_on"] for entry in served(other))


# Releases


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, change: Callable[..., None]) -> Path:
    """Content released as 1, 2 and 3: the second with another need, the third with another text."""
    root = tmp_path_factory.mktemp("released") / "content"
    shutil.copytree(CONTENT, root, ignore=shutil.ignore_patterns("releases"))
    edits: dict[str, dict[str, object]] = {
        "1": {},
        "2": {RULE: ("need: strong", "need: slight")},
        "3": {RULE: ("title: Begin", "title: Start")},
    }
    for version, edit in edits.items():
        change(root, edit)
        library = with_version(load_ruleset(root), version)
        publish(root, library, DAY)
    return root


@pytest.fixture(scope="module")
def caller(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings.model_validate({"database_url": f"sqlite:///{tmp_path_factory.mktemp('absent') / 'absent.db'}"})
    with TestClient(create_app(settings, ActiveRuleset(root), clock=clock.now)) as caller:
        yield caller


STRAINED = {"communication": {"ease": "strained"}}


def body(whole_report: dict[str, object], **said: object) -> dict[str, object]:
    return {"reports": {"a": whole_report | STRAINED}, "viewer": "a", **said}


def test_every_release_is_listed_with_its_day(caller: TestClient) -> None:
    listed = caller.get("/v1/rulesets").json()["data"]

    assert [each["version"] for each in listed] == ["1", "2", "3"]
    assert [each["in_force"] for each in listed] == [False, False, True]
    assert {each["released_on"] for each in listed} == {"2026-11-23"}
    assert {each["proved"] for each in listed} == {False}
    for each in listed:
        assert caller.get(f"/v1/rulesets/{each['version']}").json() == each
    assert caller.get("/v1/rulesets/4").status_code == 404


def test_the_list_is_kept_until_a_release_is_added(caller: TestClient, root: Path) -> None:
    etag = caller.get("/v1/rulesets").headers["etag"]
    assert caller.get("/v1/rulesets", headers={"if-none-match": etag}).status_code == 304
    publish(root, with_version(load_ruleset(root), "5"), DAY)
    try:
        assert caller.get("/v1/rulesets", headers={"if-none-match": etag}).status_code == 200
    finally:
        file_of(root, "5").unlink()


def test_any_release_may_be_pinned_and_names_itself(caller: TestClient, whole_report: dict[str, object]) -> None:
    digests = {each["version"]: each["digest"] for each in caller.get("/v1/rulesets").json()["data"]}
    answers = {
        version: caller.post(PATHS[0], json=body(whole_report, ruleset=version)).json() for version in ("1", "2", "3")
    }

    for version, answer in answers.items():
        assert answer["ruleset"] == {"version": version, "digest": digests[version]}
    assert answers["1"]["views"] != answers["2"]["views"]
    assert answers["2"]["views"] == answers["3"]["views"]
    assert caller.post(PATHS[0], json=body(whole_report)).json() == answers["3"]


def test_an_explanation_is_of_the_release_that_is_pinned(caller: TestClient, whole_report: dict[str, object]) -> None:
    for version in ("1", "3"):
        asked = body(whole_report, ruleset=version, target="communication_exercises")
        assert caller.post(PATHS[1], json=asked).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("version", ["4", "3.json", "files", "in-force"])
def test_a_ruleset_that_is_not_here_is_refused_with_those_that_are(
    caller: TestClient, whole_report: dict[str, object], path: str, version: str
) -> None:
    said = {"target": "dance-class"} if path == PATHS[1] else {}
    refused = caller.post(path, json=body(whole_report, ruleset=version, **said))

    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/ruleset", "unknown_ruleset")
    assert "Present: 1, 2, 3. In force: 3" in error["detail"]


@pytest.mark.parametrize("version", ["../3", "", "3\u0000", "x" * 65])
def test_a_version_without_the_form_of_one_is_not_looked_up(
    caller: TestClient, whole_report: dict[str, object], version: str
) -> None:
    refused = caller.post(PATHS[0], json=body(whole_report, ruleset=version))

    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["pointer"] == "#/ruleset"
    assert "Present" not in error["detail"]


def test_a_damaged_release_says_that_it_is_damaged(
    caller: TestClient, whole_report: dict[str, object], root: Path
) -> None:
    whole = file_of(root, "1").read_bytes()
    file_of(root, "1").write_bytes(whole.replace(b"2026-11-23", b"2026-11-22"))
    try:
        refused = caller.post(PATHS[0], json=body(whole_report, ruleset="1"))
        assert refused.status_code == 422
        assert "its file was changed" in refused.json()["errors"][0]["detail"]
        assert caller.get("/v1/rulesets/1").status_code == 404
    finally:
        file_of(root, "1").write_bytes(whole)
