import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.api.http import json_responses
from app.service import export
from app.store.schema.data_inventory import DATA_INVENTORY
from tests.people import Integrator
from tests.privacy.canaries import ANSWERS, tell_everything
from tests.unlocked import unlock

WHERE_ONE_HAS_SAID_NOTHING = {"logins[].ended_at"}
"""Null in the export of one who has not done this."""


def found_at(export: Any, path: str) -> Iterator[Any]:
    name, _, rest = path.partition(".")
    values = export[name.removesuffix("[]")]
    for value in values if name.endswith("[]") else [values]:
        if rest:
            yield from found_at(value, rest)
        else:
            yield value


def test_everything_of_a_partner_that_is_stored_is_in_it(integrator: Integrator) -> None:
    a, _, _ = tell_everything(integrator)

    export = a.get("/v1/me/export").json()

    promised = {
        column.export for holding in DATA_INVENTORY.values() for column in holding.columns.values() if column.export
    }
    empty = {path for path in promised if not any(each not in (None, [], {}) for each in found_at(export, path))}
    assert empty == WHERE_ONE_HAS_SAID_NOTHING
    latest = export["reports"][0]["answers"]
    assert latest["private"]["leaning_out"] is True
    assert latest["keep_private"] == ANSWERS["keep_private"]
    assert [each["kind"] for each in export["held_support"]] == ["concern"]
    assert [each["reason"] for each in export["feedback"]] == ["unsafe"]
    assert {each["activity"]: each["choice"] for each in export["choices"]} == {
        "couples-retreat": "not_for_us",
        "evening-walk": "yes",
    }
    assert export["plan"][0]["title"] == "errand"
    assert "not kept" in export["about"]


def test_consents_stand_by_name_whichever_was_said_last(integrator: Integrator) -> None:
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    for purpose in ("processing", "pooling"):
        for granted in (False, True):
            a.agree(purpose, granted=granted)
        said = [each["purpose"] for each in a.get("/v1/me/export").json()["consents"]]
        assert said == ["pooling", "processing"]


def test_nothing_of_the_other_is_in_it(integrator: Integrator) -> None:
    a, b, _ = tell_everything(integrator)
    theirs = b.report({"communication": {"ease": "strained"}, "busyness": {"level": "overloaded"}})

    export = a.get("/v1/me/export")

    of_b = {b.id, theirs["id"], theirs["decision"], "overloaded"}
    of_b |= {each["id"] for each in b.get("/v1/me/tokens").json()["data"]}
    assert not [each for each in of_b if each in export.text]
    b.delete("/v1/me/couple")
    assert {**a.get("/v1/me/export").json(), "access_log": []} == {**export.json(), "access_log": []}


def test_a_locked_token_exports_the_same_bytes_whatever_is_private(integrator: Integrator) -> None:
    texts = []
    for private in (False, True):
        person = integrator.add()
        person.report({"private": {"leaning_out": True}, "safety": {"fear": "yes"}} if private else {})
        if private:
            person.post("/v1/me/feedback", {"activity": "tea-in-silence", "outcome": "skipped"})
        else:
            person.get("/v1/me/consents")
        texts.append(
            re.sub(r"[a-z]{2,4}_[0-9A-Za-z]{16,}|\d\d:\d\d:\d\d(\.\d+)?Z", "…", person.get("/v1/me/export").text)
        )

    locked = json.loads(texts[1])
    assert (locked["is_whole"], locked["feedback"], locked["held_support"]) == (False, None, None)
    assert without_what_was_shown(texts[0]) == without_what_was_shown(texts[1])


def without_what_was_shown(text: str) -> Any:
    """Private answers take away from what a view shows, without a word; everything else has to be alike."""
    export = json.loads(text)
    shown = [{**each, "strategies": None, "activities": None} for each in export["decisions"]]
    return {**export, "decisions": shown}


def test_a_long_history_is_read_in_parts_and_is_whole(integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    monkeypatch.setattr(json_responses, "CHUNK_BYTES", 1_000)
    person = unlock(integrator.add())
    reports = [person.report({"goal": goal})["id"] for goal in ("repair", "strengthen", "repair", "strengthen")]
    done = {"activity": "evening-walk", "outcome": "done"}
    told = [person.post("/v1/me/feedback", done).json()["id"] for _ in range(5)]

    for coding in ("identity", "br", "gzip"):
        answer = person.get("/v1/me/export", Accept_Encoding=coding)
        exported = answer.json()
        assert answer.headers.get("content-encoding", "identity") == coding
        assert [each["id"] for each in exported["reports"]] == reports[::-1]
        assert [each["id"] for each in exported["feedback"]] == told
        assert len({each["id"] for each in exported["decisions"]}) == len(exported["decisions"]) >= len(reports)
        assert exported["access_log"] == person.get("/v1/me/access-log?limit=100").json()["data"]


def test_that_it_was_exported_is_in_ones_own_log(integrator: Integrator) -> None:
    person = integrator.add()

    person.get("/v1/me/export")

    assert person.get("/v1/me/access-log").json()["data"][0]["kind"] == "exported"


def test_a_passphrase_shows_in_it_to_an_unlocked_token_alone(integrator: Integrator) -> None:
    integrator.now = "2026-11-23T09:00:00Z"
    person = unlock(integrator.add())
    unlocked = person.get("/v1/me/export").text
    person.now = "2026-11-23T09:30:00Z"

    locked = person.get("/v1/me/export").text

    assert "passphrase_set" in unlocked
    assert "passphrase_set" not in locked
    assert '"unlocked"' not in locked
