import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.store.schema.data_inventory import DATA_INVENTORY
from app.store.schema.tables import metadata
from tests.clock import NOW
from tests.people import Integrator, Person
from tests.privacy.canaries import tell_everything
from tests.store.rows import execute, fetch

BY_OWNER = {"data_keys": "owner", "kept_replies": "caller", "audit_events": "partner_id", "audit_heads": "partner_id"}
"""Tables that know a partner by the public id."""


def rows_of(url: str, partner: str) -> dict[str, int]:
    """How many rows of each table are this partner's."""
    key = asyncio.run(fetch(url, "SELECT key FROM partners WHERE id = :id", id=partner))
    counts: dict[str, int] = {}
    for table in metadata.sorted_tables:
        column = BY_OWNER.get(table.name) or next((c for c in ("partner_key",) if c in table.c), None)
        if table.name == "partners":
            counts[table.name] = len(key)
        elif column:
            given = partner if table.name in BY_OWNER else key[0].key if key else None
            statement = f"SELECT count(*) AS n FROM {table.name} WHERE {column} = :of"  # noqa: S608
            counts[table.name] = asyncio.run(fetch(url, statement, of=given))[0].n if given else 0
    return counts


def everything_in(url: str) -> dict[str, Sequence[Any]]:
    return {
        table.name: asyncio.run(fetch(url, f"SELECT * FROM {table.name}"))  # noqa: S608
        for table in metadata.sorted_tables
    }


def test_every_row_is_gone_at_once_but_for_those_that_are_said_to_stay(
    integrator: Integrator, database_url: str
) -> None:
    a, b, _ = tell_everything(integrator)
    a.post("/v1/me/feedback", {"activity": "tea-in-silence", "outcome": "skipped"}, Idempotency_Key="one")
    before, before_b = rows_of(database_url, a.id), rows_of(database_url, b.id)
    assert all(before.values()), before

    answer = a.delete("/v1/me")

    after = rows_of(database_url, a.id)
    stays = {table for table, holding in DATA_INVENTORY.items() if holding.outlives_erasure}
    assert answer.status_code == 200
    assert {table for table, count in after.items() if count} == stays
    everything = everything_in(database_url)
    assert everything["appointments"] == []
    assert rows_of(database_url, b.id) == before_b


def test_afterwards_the_integrator_finds_nobody_and_no_token_works(integrator: Integrator) -> None:
    a = integrator.add()
    other = Person(a.client, integrator.token_for(a.id), a.now, a.id)

    receipt = a.delete("/v1/me").json()

    assert receipt["receipt"].startswith("era_")
    assert integrator.get(f"/v1/partners/{a.id}").status_code == 404
    assert integrator.post(f"/v1/partners/{a.id}/tokens").status_code == 404
    for token in (a, other):
        answer = token.get("/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "credentials_unknown")


def test_the_receipt_says_when_the_key_has_turned_at_the_latest(integrator: Integrator) -> None:
    receipt = integrator.add().delete("/v1/me").json()

    until = datetime.fromisoformat(receipt["shredded_by"]) - NOW
    assert timedelta(hours=24) < until <= timedelta(hours=26)


@pytest.mark.usefixtures("one_seed")
def test_to_the_other_it_looks_as_if_they_had_unlinked(integrator: Integrator) -> None:
    read = []
    for path in ("/v1/me", "/v1/me/couple"):
        a, b = integrator.add(), integrator.add()
        integrator.link(a, b)
        a.report({"communication": {"ease": "strained"}})
        said = b.report({"communication": {"ease": "easy"}})
        assert said["basis"] == "both_partners"
        assert a.delete(path).status_code in (200, 204)
        told = b.view()
        read.append((told["basis"], told["view"], b.get("/v1/me").json() | {"id": None}, b.get("/v1/me/plan").json()))

    assert read[0] == read[1]
    assert read[0][0] == "both_partners"


def test_the_other_goes_on_choosing(integrator: Integrator) -> None:
    a, b, _ = tell_everything(integrator)
    a.delete("/v1/me")

    assert b.put("/v1/me/choices/tea-in-silence", {"choice": "yes"}).status_code == 200
    assert b.delete("/v1/me/choices/evening-walk").status_code == 204
    assert b.get("/v1/me/plan").status_code == 200
    assert b.delete("/v1/me/couple").status_code == 204


def test_a_couple_in_which_nobody_is_left_is_gone(integrator: Integrator, database_url: str) -> None:
    a, b, couple = tell_everything(integrator)

    a.delete("/v1/me")
    assert integrator.get(f"/v1/couples/{couple}").json()["partners"] == [b.id]
    b.delete("/v1/me")

    assert integrator.get(f"/v1/couples/{couple}").status_code == 404
    everything = everything_in(database_url)
    assert everything["couples"] == []
    assert {row.owner for row in everything["data_keys"]} <= {integrator.id}


@pytest.mark.parametrize("by", ["partner", "integrator"])
@pytest.mark.parametrize("lost", ["the file of keys", "a key", "the row of a key", "what is sealed"])
def test_what_cannot_be_read_can_still_be_erased(
    integrator: Integrator, stored_app: FastAPI, database_url: str, by: str, lost: str
) -> None:
    a, b, couple = tell_everything(integrator)
    take_away(lost, stored_app.state.settings.key_file, database_url, a.id, couple)

    answer = a.delete("/v1/me") if by == "partner" else integrator.delete(f"/v1/partners/{a.id}")

    assert answer.status_code == 200, answer.text
    assert answer.json()["receipt"].startswith("era_")
    stays = {table for table, holding in DATA_INVENTORY.items() if holding.outlives_erasure}
    assert {table for table, count in rows_of(database_url, a.id).items() if count} == stays
    assert a.get("/v1/me").status_code == 401
    assert rows_of(database_url, b.id)["partners"] == 1


def take_away(lost: str, key_file: Path, url: str, partner: str, couple: str) -> None:
    """As an accident would: a file that is gone, bytes that turned over."""
    if lost == "the file of keys":
        key_file.unlink()
        return
    owned = f"data_keys WHERE owner IN ('{partner}', '{couple}')"
    statements = {
        "a key": [f"UPDATE {owned.replace('WHERE', 'SET wrapped = :noise WHERE')}"],
        "the row of a key": [f"DELETE FROM {owned}"],  # noqa: S608
        "what is sealed": [
            f"UPDATE {column.replace('.', ' SET ')} = :noise"  # noqa: S608
            for column in ("weeks.sealed", "reports.pooled", "private_answers.sealed", "pasts.sealed")
        ],
    }[lost]
    for statement in statements:
        asyncio.run(execute(url, statement, **({"noise": b"?" * 60} if ":noise" in statement else {})))


def test_of_two_at_the_same_time_one_erases_and_the_other_is_told_that_nobody_is_there(
    integrator: Integrator, database_url: str
) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    a = integrator.add()
    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(answer.status_code for answer in threads.map(lambda _: a.delete("/v1/me"), range(4)))

    assert statuses == [200, 401, 401, 401]
    assert len(everything_in(database_url)["erasures"]) == 1
