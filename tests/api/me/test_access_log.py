from datetime import timedelta

from tests.clock import NOW
from tests.people import Integrator, Person

PASSPHRASE = "four words nobody guesses"


def kinds(person: Person) -> list[str]:
    return [entry["kind"] for entry in person.get("/v1/me/access-log?limit=100").json()["data"]]


def test_every_token_that_is_minted_shows_with_its_key_and_its_day(integrator: Integrator) -> None:
    integrator.now = "2026-11-23T12:00:00Z"
    person = integrator.add(agrees=False)
    key = integrator.get("/v1/keys").json()["data"][0]["id"]

    assert person.get("/v1/me/access-log").json()["data"] == [
        {"day": "2026-11-23", "kind": "login_made", "key": key},
        {"day": "2026-11-23", "kind": "added", "key": key},
    ]
    integrator.token_for(person.id)
    assert kinds(person) == ["login_made", "login_made", "added"]


def test_the_log_is_read_part_by_part_the_newest_first(integrator: Integrator) -> None:
    person = integrator.add()
    seen, path = [], "/v1/me/access-log?limit=2"
    while path:
        part = person.get(path)
        seen += [entry["kind"] for entry in part.json()["data"]]
        path = part.headers.get("link", "").removesuffix('>; rel="next"').removeprefix("<")

    assert seen == kinds(person) == ["consent_given", "login_made", "added"]


def test_what_the_other_does_shows_nowhere(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    seen = one.get("/v1/me/access-log").content

    other.report()
    other.view()
    other.get("/v1/me/access-log")
    integrator.token_for(other.id)
    other.put("/v1/me/passphrase", {"passphrase": PASSPHRASE})
    other.post("/v1/me/unlock", {"passphrase": PASSPHRASE})
    other.agree("pooling", granted=False)
    other.delete("/v1/me/couple")

    assert one.get("/v1/me/access-log").content == seen


def test_reading_ones_own_view_shows_nowhere(integrator: Integrator) -> None:
    person = integrator.add()
    person.report()
    seen = person.get("/v1/me/access-log").content

    person.view()

    assert person.get("/v1/me/access-log").content == seen


def test_that_there_is_a_passphrase_shows_to_a_fresh_login_and_to_an_unlocked_one_alone(integrator: Integrator) -> None:
    person, without = integrator.add(), integrator.add()
    person.put("/v1/me/passphrase", {"passphrase": PASSPHRASE})
    assert kinds(person)[0] == "passphrase_set"

    later = (NOW + timedelta(minutes=11)).isoformat()
    person.now = without.now = later
    assert [entry["kind"] for entry in person.get("/v1/me/access-log").json()["data"]] == kinds(without)
    person.post("/v1/me/unlock", {"passphrase": PASSPHRASE})
    assert kinds(person)[:2] == ["unlocked", "passphrase_set"]


def test_a_refusal_shows_alike_whether_a_passphrase_is_set_or_not(integrator: Integrator) -> None:
    person, without = integrator.add(), integrator.add()
    person.put("/v1/me/passphrase", {"passphrase": PASSPHRASE})

    for one in (person, without):
        one.post("/v1/me/unlock", {"passphrase": "another one"})

    assert [kind for kind in kinds(person) if kind != "passphrase_set"] == kinds(without)
    assert kinds(without)[0] == "unlock_refused"


def test_it_takes_a_token(integrator: Integrator) -> None:
    assert integrator.get("/v1/me/access-log").json()["code"] == "token_needed"
    assert integrator.client.get("/v1/me/access-log").json()["code"] == "credentials_missing"
