import pytest

from tests.api.strangers import said
from tests.people import Integrator, Person


def ids(person: Person) -> list[str]:
    return [token["id"] for token in person.get("/v1/me/tokens").json()["data"]]


def test_i_see_my_own_logins_and_which_one_this_is(integrator: Integrator) -> None:
    person, other = integrator.add(), integrator.add()
    second = Person(integrator.client, integrator.token_for(person.id), None, person.id)

    listed = second.get("/v1/me/tokens").json()["data"]

    assert [token["is_this"] for token in listed] == [False, True]
    assert listed[0].keys() == {"id", "created_at", "expires_at", "is_this"}
    assert ids(person) == [token["id"] for token in listed]
    assert not {*ids(person)} & {*ids(other)}
    assert person.bearer not in second.get("/v1/me/tokens").text


def test_what_no_longer_works_is_not_listed(integrator: Integrator) -> None:
    person = integrator.add()
    short = integrator.post(f"/v1/partners/{person.id}/tokens", {"expires_in": 60}).json()["id"]
    assert short in ids(person)

    person.now = "2099-01-01T00:00:00Z"
    integrator.move_to("2099-01-01T00:00:00Z", person)
    assert len(ids(person)) == 1


def test_logins_are_listed_part_by_part(integrator: Integrator) -> None:
    person = integrator.add()
    for _ in range(2):
        integrator.token_for(person.id)

    first = person.get("/v1/me/tokens?limit=2").json()
    rest = person.get(f"/v1/me/tokens?limit=2&cursor={first['next_cursor']}").json()

    assert [token["id"] for token in first["data"] + rest["data"]] == ids(person)
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_a_login_that_i_end_stops_with_the_next_request_and_leaves_no_trace(integrator: Integrator) -> None:
    person = integrator.add()
    elsewhere = Person(integrator.client, integrator.token_for(person.id), None, person.id)
    (_, unwanted), log = ids(person), person.get("/v1/me/access-log").content

    assert person.delete(f"/v1/me/tokens/{unwanted}").status_code == 204

    refused = elsewhere.get("/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "credentials_revoked")
    assert person.get("/v1/me").status_code == 200
    assert person.get("/v1/me/access-log").content == log
    assert person.delete(f"/v1/me/tokens/{unwanted}").status_code == 204


def test_i_can_end_the_login_that_i_use(integrator: Integrator) -> None:
    person = integrator.add()

    assert person.delete(f"/v1/me/tokens/{ids(person)[0]}").status_code == 204
    assert person.get("/v1/me").json()["code"] == "credentials_revoked"


def test_logins_of_others_are_as_if_they_never_were(integrator: Integrator) -> None:
    person, other = integrator.add(), integrator.add()
    integrator.link(person, other)

    answer = person.delete(f"/v1/me/tokens/{ids(other)[0]}")

    assert answer.status_code == 404
    assert said(answer) == said(person.delete("/v1/me/tokens/tok_0000000000000000000000"))
    assert other.get("/v1/me").status_code == 200


@pytest.mark.parametrize("by", ["partner", "integrator"])
def test_ending_a_login_ends_the_address_of_my_calendar(integrator: Integrator, by: str) -> None:
    person = integrator.add()
    address = person.post("/v1/me/calendar").json()["url"]
    path = address[address.index("/v1/calendars/") :]
    integrator.token_for(person.id)
    assert integrator.client.get(path).status_code == 200

    if by == "partner":
        person.delete(f"/v1/me/tokens/{ids(person)[1]}")
    else:
        integrator.delete(f"/v1/partners/{person.id}/tokens/{ids(person)[1]}")

    assert integrator.client.get(path).status_code == 404


def test_leaving_ends_the_address_of_my_calendar_and_not_the_others(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    paths = [person.post("/v1/me/calendar").json()["url"] for person in (one, other)]
    paths = [path[path.index("/v1/calendars/") :] for path in paths]

    one.delete("/v1/me/couple")

    assert [integrator.client.get(path).status_code for path in paths] == [404, 200]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/me/tokens"), ("DELETE", "/v1/me/tokens/tok_x")])
def test_logins_are_seen_and_ended_with_a_token(integrator: Integrator, method: str, path: str) -> None:
    assert integrator.ask(method, path).json()["code"] == "token_needed"
    assert integrator.client.request(method, path).json()["code"] == "credentials_missing"
