import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from app.service.integrators import Scope
from app.service.maintenance import run_once
from app.store.connection.database import Database
from tests.api.strangers import another_integrator, said, the_same_with
from tests.clock import NOW
from tests.people import REPORT, Integrator, Person
from tests.store.rows import execute, fetch

UNKNOWN = "ptr_0000000000000000000000"


def test_a_partner_is_found_again_by_what_the_integrator_calls_them(integrator: Integrator) -> None:
    fields = {"adult": True, "external_id": "member 4711/ü", "country": "de", "time_zone": "Europe/Berlin"}
    first = integrator.post("/v1/partners", fields)
    again = integrator.post("/v1/partners", fields)
    other = integrator.post("/v1/partners", {**fields, "country": "FR"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert first.json()["country"] == "DE"
    assert (other.status_code, other.json()["code"]) == (409, "external_id_taken")
    found = integrator.client.get(
        "/v1/partners",
        params={"external_id": "member 4711/ü"},
        headers={"Authorization": f"Bearer {integrator.bearer}"},
    )
    assert found.json() == {"data": [first.json()], "next_cursor": None, "has_more": False}


def test_a_first_token_comes_with_the_partner(integrator: Integrator) -> None:
    wanted = {"adult": True, "external_id": "one", "token": {"expires_in": 600}}
    made, again = (integrator.post("/v1/partners", wanted) for _ in range(2))
    retried = [integrator.post("/v1/partners", wanted, Idempotency_Key="a").content for _ in range(2)]

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["token"]["token"] != again.json()["token"]["token"]
    assert retried[0] == retried[1]
    assert "token" not in integrator.get(made.headers["location"]).json()
    for answer in (made, again):
        person = Person(integrator.client, answer.json()["token"]["token"])
        assert person.get("/v1/me").json()["id"] == made.json()["id"]
    logged = [entry["kind"] for entry in person.get("/v1/me/access-log").json()["data"]]
    assert logged == ["login_made", "login_made", "login_made", "added"]


def test_a_first_token_takes_the_scope_for_tokens_and_adds_nobody_without_it(
    integrator: Integrator, database_url: str
) -> None:
    lesser = the_same_with(integrator, database_url, scopes=frozenset(Scope) - {Scope.TOKENS})

    refused = lesser.post("/v1/partners", {"adult": True, "token": {}})

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert lesser.get("/v1/partners").json()["data"] == []
    assert lesser.post("/v1/partners", {"adult": True, "token": None}).status_code == 201


@pytest.mark.parametrize("token", [True, {"expires_in": 59}, {"expires_in": 86_401}, {"for": 3600}])
def test_a_first_token_that_is_none_is_refused(integrator: Integrator, token: object) -> None:
    assert integrator.post("/v1/partners", {"adult": True, "token": token}).status_code == 422
    assert integrator.get("/v1/partners").json()["data"] == []


def test_the_integrator_changes_where_somebody_lives_and_they_can_read_that_it_did(integrator: Integrator) -> None:
    person = integrator.add(country="US", external_id="member-1")

    changed = integrator.patch(f"/v1/partners/{person.id}", {"country": "de", "locale": "de", "time_zone": None})

    assert changed.status_code == 200
    assert changed.content == integrator.get(f"/v1/partners/{person.id}").content
    assert (changed.json()["country"], changed.json()["locale"]) == ("DE", "de")
    assert person.get("/v1/me").json()["country"] == "DE"
    entry = person.get("/v1/me/access-log").json()["data"][0]
    assert (entry["kind"], entry["key"][:4]) == ("profile_changed", "key_")
    same = {"adult": True, "external_id": "member-1", "country": "DE", "locale": "de"}
    assert integrator.post("/v1/partners", same).json()["id"] == person.id
    assert integrator.post("/v1/partners", {**same, "country": "US"}).json()["code"] == "external_id_taken"


def test_two_requests_at_once_with_one_external_id_make_one_partner(integrator: Integrator) -> None:
    def add(_: int) -> tuple[int, str]:
        answer = integrator.post("/v1/partners", {"adult": True, "external_id": "one"})
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(add, range(4)))

    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({id_ for _, id_ in answers}) == 1


def test_of_an_external_id_nobody_knows_there_is_none(integrator: Integrator, database_url: str) -> None:
    integrator.add(agrees=False, external_id="mine")
    strangers = another_integrator(integrator, database_url), the_same_with(integrator, database_url, "live")

    nothing = integrator.get("/v1/partners?external_id=nobody")

    assert nothing.json() == {"data": [], "next_cursor": None, "has_more": False}
    for stranger in strangers:
        assert stranger.get("/v1/partners?external_id=mine").content == nothing.content
        assert stranger.get("/v1/partners").content == nothing.content


def test_partners_are_listed_part_by_part(integrator: Integrator) -> None:
    people = [integrator.add(agrees=False).id for _ in range(5)]
    seen, path = [], "/v1/partners?limit=2"
    while path:
        part = integrator.get(path)
        seen.append([partner["id"] for partner in part.json()["data"]])
        link = re.fullmatch(r'<(/v1/partners\?limit=2&cursor=[\w-]+)>; rel="next"', part.headers.get("link", ""))
        assert part.json()["has_more"] == (link is not None) == (part.json()["next_cursor"] is not None)
        path = link[1] if link else ""

    assert seen == [people[:2], people[2:4], people[4:]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "extrnal_id=a", "external_id=", "limit=1&limit=2"]
)
def test_what_a_list_does_not_take_is_refused(integrator: Integrator, query: str) -> None:
    assert integrator.get(f"/v1/partners?{query}").status_code == 422


def test_those_of_others_are_as_if_they_never_were(integrator: Integrator, database_url: str) -> None:
    person = integrator.add(agrees=False)
    token = integrator.get("/v1/partners").json()["data"][0]["id"]
    strangers = another_integrator(integrator, database_url), the_same_with(integrator, database_url, "live")

    for stranger in strangers:
        for method, end, body in (
            ("GET", "", None),
            ("PATCH", "", {"country": "FR"}),
            ("DELETE", "", None),
            ("POST", "/tokens", None),
            ("DELETE", f"/tokens/{token}", None),
        ):
            of_theirs = stranger.ask(method, f"/v1/partners/{person.id}{end}", body)
            of_nobody = stranger.ask(method, f"/v1/partners/{UNKNOWN}{end}", body)
            assert said(of_theirs) == said(of_nobody)
            assert of_theirs.status_code == 404
    assert person.get("/v1/me").json()["country"] is None


def test_a_partner_who_is_erased_is_gone_at_the_next_request(integrator: Integrator) -> None:
    person, other = integrator.add(), integrator.add()
    couple = integrator.link(person, other)
    person.report()
    seen = other.get("/v1/me").content

    answer = integrator.delete(f"/v1/partners/{person.id}")

    assert answer.status_code == 200
    assert answer.json().keys() == {"receipt", "shredded_by", "other_view_until"}
    assert person.get("/v1/me").json()["code"] == "credentials_unknown"
    for path in ("", "/tokens"):
        method = "POST" if path else "GET"
        of_nobody = said(integrator.ask(method, f"/v1/partners/{UNKNOWN}{path}"))
        assert said(integrator.ask(method, f"/v1/partners/{person.id}{path}")) == of_nobody
    assert said(integrator.delete(f"/v1/partners/{person.id}")) == said(integrator.delete(f"/v1/partners/{UNKNOWN}"))
    assert other.get("/v1/me").content == seen
    assert integrator.get(f"/v1/couples/{couple}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/partners", Scope.PEOPLE),
        ("POST", "/v1/partners", Scope.PEOPLE),
        ("GET", f"/v1/partners/{UNKNOWN}", Scope.PEOPLE),
        ("PATCH", f"/v1/partners/{UNKNOWN}", Scope.PEOPLE),
        ("DELETE", f"/v1/partners/{UNKNOWN}", Scope.PEOPLE),
        ("POST", f"/v1/partners/{UNKNOWN}/tokens", Scope.TOKENS),
        ("DELETE", f"/v1/partners/{UNKNOWN}/tokens/tok_x", Scope.TOKENS),
    ],
)
def test_partners_are_managed_with_a_key_of_the_scope(
    integrator: Integrator, database_url: str, method: str, path: str, scope: Scope
) -> None:
    body = {"POST /v1/partners": {"adult": True}, f"PATCH {path}": {"country": "US"}}.get(f"{method} {path}")
    lesser = the_same_with(integrator, database_url, scopes=frozenset(Scope) - {scope})

    refused = lesser.ask(method, path, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert f"'{scope}'" in refused.json()["detail"]
    assert integrator.add(agrees=False).ask(method, path, body).json()["code"] == "key_needed"
    assert integrator.client.request(method, path, json=body).json()["code"] == "credentials_missing"


def test_a_token_works_until_its_last_second(integrator: Integrator) -> None:
    start = datetime(2026, 11, 23, 12, tzinfo=UTC)
    integrator.now = start.isoformat()
    person = integrator.add(expires_in=60)

    person.now = (start + timedelta(seconds=59)).isoformat()
    assert person.get("/v1/me").status_code == 200
    person.now = (start + timedelta(seconds=60)).isoformat()
    answer = person.get("/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_expired")
    assert "expired" in answer.headers["www-authenticate"]


def test_an_end_by_the_test_clock_is_named_after_it(integrator: Integrator) -> None:
    integrator.now = (NOW - timedelta(hours=1)).isoformat()
    token = integrator.add(expires_in=60).bearer

    by_header, by_clock = (
        Person(integrator.client, token, now).get("/v1/me").json() for now in (NOW.isoformat(), None)
    )

    assert (by_header["code"], by_clock["code"]) == ("credentials_expired", "credentials_expired")
    assert by_header["detail"] == (
        "It has expired by the header Rekindle-Test-Now. Create another one with the same header."
    )
    assert "Rekindle-Test-Now" not in by_clock["detail"]


def test_a_token_that_the_integrator_ends_stops_with_the_next_request(integrator: Integrator) -> None:
    person = integrator.add()
    token = person.get("/v1/me/tokens").json()["data"][0]["id"]

    assert integrator.delete(f"/v1/partners/{person.id}/tokens/{token}").status_code == 204

    assert person.post("/v1/me/reports", REPORT).json()["code"] == "credentials_revoked"
    assert integrator.delete(f"/v1/partners/{person.id}/tokens/{token}").status_code == 204


def test_a_token_of_another_partner_is_not_ended_through_this_one(integrator: Integrator) -> None:
    person, other = integrator.add(), integrator.add()
    token = other.get("/v1/me/tokens").json()["data"][0]["id"]

    answer = integrator.delete(f"/v1/partners/{person.id}/tokens/{token}")

    assert said(answer) == said(integrator.delete(f"/v1/partners/{person.id}/tokens/tok_x"))
    assert other.get("/v1/me").status_code == 200


@pytest.mark.parametrize("attested", [1, 1.0, "true", False, None])
def test_only_true_attests_that_somebody_is_an_adult(integrator: Integrator, attested: object) -> None:
    refused = integrator.post("/v1/partners", {"adult": attested})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/adult")


def test_null_for_how_long_a_token_lasts_is_as_absent(integrator: Integrator) -> None:
    person = integrator.add()

    assert integrator.post(f"/v1/partners/{person.id}/tokens", {"expires_in": None}).status_code == 201


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
def test_an_instant_that_nothing_can_be_reckoned_from_is_refused(integrator: Integrator, instant: str) -> None:
    refused = integrator.post("/v1/partners", {"adult": True}, Rekindle_Test_Now=instant)

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_an_instant")


def test_a_retry_brings_back_nobody_who_was_erased(integrator: Integrator) -> None:
    said = {"adult": True, "external_id": "member-4711"}
    first = integrator.post("/v1/partners", said, Idempotency_Key="one")
    tokens = f"/v1/partners/{first.json()['id']}/tokens"
    integrator.post(tokens, {}, Idempotency_Key="two")
    integrator.delete(f"/v1/partners/{first.json()['id']}")

    again = integrator.post("/v1/partners", said, Idempotency_Key="one")

    assert again.status_code == 201
    assert again.json()["id"] != first.json()["id"]
    assert integrator.post(tokens, {}, Idempotency_Key="two").status_code == 404


def test_an_external_id_from_before_is_found_and_sealed_by_maintenance(
    integrator: Integrator, stored_app: FastAPI, database_url: str
) -> None:
    fields = {"adult": True, "external_id": "member 4711", "country": "DE"}
    person = integrator.post("/v1/partners", fields).json()["id"]
    plain = "UPDATE partners SET external_id = 'member 4711', external_mark = NULL, external_sealed = NULL"

    def stored() -> tuple[object, bool]:
        [row] = asyncio.run(fetch(database_url, "SELECT external_id, external_sealed FROM partners"))
        return row.external_id, row.external_sealed is not None

    async def maintain() -> None:
        database = Database(database_url)
        await run_once(database, stored_app.state.vault(), lambda: NOW)
        await database.close()

    assert stored() == (None, True)
    asyncio.run(execute(database_url, plain))
    assert integrator.post("/v1/partners", fields).json()["id"] == person
    assert stored() == ("member 4711", False)
    asyncio.run(maintain())
    assert stored() == (None, True)
    assert integrator.post("/v1/partners", fields).json()["id"] == person
    assert integrator.get("/v1/partners?external_id=member 4711").json()["data"][0]["external_id"] == "member 4711"
