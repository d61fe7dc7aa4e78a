import pytest

from app.service.integrators import Scope
from tests.api.strangers import another_integrator, said, the_same_with
from tests.people import Integrator

UNKNOWN = "cpl_0000000000000000000000"


def test_a_couple_begins_with_one(integrator: Integrator) -> None:
    person = integrator.add()

    made = integrator.post("/v1/couples", {"partner": person.id})

    assert made.status_code == 201
    assert made.json()["partners"] == [person.id]
    assert made.headers["location"] == f"/v1/couples/{made.json()['id']}"
    assert integrator.get(made.headers["location"]).content == made.content


def test_a_first_invitation_comes_with_the_couple(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    wanted = {"partner": one.id, "invite": True}

    made, again = (integrator.post("/v1/couples", wanted, Idempotency_Key="a") for _ in range(2))

    assert made.status_code == 201
    assert made.content == again.content
    invitation = made.json()["invitation"]
    assert invitation.keys() == {"code", "expires_at"}
    assert other.post("/v1/invitations/accept", {"code": invitation["code"]}).json()["couple"] == made.json()["id"]
    assert "invitation" not in integrator.get(made.headers["location"]).json()
    assert [entry["kind"] for entry in one.get("/v1/me/access-log").json()["data"]][:2] == ["linked", "invitation_made"]


@pytest.mark.parametrize("invite", [False, None])
def test_without_a_wish_for_one_there_is_no_invitation(integrator: Integrator, invite: object) -> None:
    made = integrator.post("/v1/couples", {"partner": integrator.add().id, "invite": invite})

    assert made.json().keys() == {"id", "partners", "created_on"}


def test_the_same_request_again_makes_no_second_couple_and_no_second_code(integrator: Integrator) -> None:
    person = integrator.add()
    first, again = (integrator.post("/v1/couples", {"partner": person.id}, Idempotency_Key="a") for _ in range(2))
    path = f"/v1/couples/{first.json()['id']}/invitations"
    codes = [integrator.post(path, Idempotency_Key="b").content for _ in range(2)]

    assert first.content == again.content
    assert codes[0] == codes[1]
    assert len(integrator.get("/v1/couples").json()["data"]) == 1


def test_couples_are_listed_and_found_by_either_partner(integrator: Integrator) -> None:
    one, other, third = (integrator.add() for _ in range(3))
    couple = integrator.link(one, other, pools=False)
    alone = integrator.post("/v1/couples", {"partner": third.id}).json()["id"]

    assert [each["id"] for each in integrator.get("/v1/couples").json()["data"]] == [couple, alone]
    for person in (one, other):
        assert [c["id"] for c in integrator.get(f"/v1/couples?partner={person.id}").json()["data"]] == [couple]
    first = integrator.get("/v1/couples?limit=1").json()
    assert (len(first["data"]), first["has_more"]) == (1, True)
    rest = integrator.get(f"/v1/couples?limit=1&cursor={first['next_cursor']}").json()
    assert [each["id"] for each in rest["data"]] == [alone]


def test_ending_a_couple_ends_it_for_both(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    couple = integrator.link(one, other)
    one.report()
    other.report()

    assert integrator.delete(f"/v1/couples/{couple}").status_code == 204

    for person in (one, other):
        assert person.get("/v1/me").json()["linked"] is False
        processing, pooling = person.get("/v1/me/consents").json()["data"]
        assert (processing["granted"], pooling["granted"]) == (True, False)
        assert pooling["decided_at"] is not None
        assert person.view()["basis"] == "one_partner"
        entry = person.get("/v1/me/access-log").json()["data"][0]
        assert entry["kind"] == "couple_ended"
        assert entry["key"].startswith("key_")
    assert said(integrator.delete(f"/v1/couples/{couple}")) == said(integrator.delete(f"/v1/couples/{UNKNOWN}"))
    assert integrator.get("/v1/couples").json()["data"] == []


def test_ending_a_couple_leaves_alone_what_one_of_them_has_elsewhere_by_now(integrator: Integrator) -> None:
    one, other, third = (integrator.add() for _ in range(3))
    before = integrator.link(one, other)
    integrator.link(third, other)

    assert integrator.delete(f"/v1/couples/{before}").status_code == 204

    assert other.get("/v1/me").json()["linked"] is True
    assert other.get("/v1/me/consents").json()["data"][1]["granted"] is True
    assert one.get("/v1/me").json()["linked"] is False


def test_a_code_of_a_couple_that_is_ended_does_not_work(integrator: Integrator) -> None:
    couple = integrator.post("/v1/couples", {"partner": integrator.add().id}).json()["id"]
    code = integrator.post(f"/v1/couples/{couple}/invitations").json()["code"]
    integrator.delete(f"/v1/couples/{couple}")

    assert integrator.add().post("/v1/invitations/accept", {"code": code}).json()["code"] == "invitation_not_found"


def test_codes_are_long_and_have_no_letters_that_look_alike(integrator: Integrator) -> None:
    invited = {"partner": integrator.add().id, "invite": True}
    codes = {integrator.post("/v1/couples", invited).json()["invitation"]["code"] for _ in range(30)}
    letters = set("".join(codes)) - {"-"}

    assert len(codes) == 30
    assert {tuple(map(len, code.split("-"))) for code in codes} == {(5, 5, 5, 5)}
    assert not letters & set("01OIL")
    assert len(letters) ** 20 > 2**80


def test_those_of_others_are_as_if_they_never_were(integrator: Integrator, database_url: str) -> None:
    person = integrator.add(agrees=False)
    couple = integrator.post("/v1/couples", {"partner": person.id}).json()["id"]
    strangers = another_integrator(integrator, database_url), the_same_with(integrator, database_url, "live")

    for stranger in strangers:
        for method, end in (("GET", ""), ("DELETE", ""), ("POST", "/invitations")):
            of_theirs = stranger.ask(method, f"/v1/couples/{couple}{end}")
            assert of_theirs.status_code == 404
            assert said(of_theirs) == said(stranger.ask(method, f"/v1/couples/{UNKNOWN}{end}"))
        made = stranger.post("/v1/couples", {"partner": person.id})
        assert made.status_code == 404
        assert said(made) == said(stranger.post("/v1/couples", {"partner": "ptr_0000000000000000000000"}))
        assert stranger.get(f"/v1/couples?partner={person.id}").json()["data"] == []
        assert stranger.get("/v1/couples").json()["data"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/couples"),
        ("POST", "/v1/couples"),
        ("GET", f"/v1/couples/{UNKNOWN}"),
        ("DELETE", f"/v1/couples/{UNKNOWN}"),
        ("POST", f"/v1/couples/{UNKNOWN}/invitations"),
    ],
)
def test_couples_are_managed_with_a_key_of_the_scope(
    integrator: Integrator, database_url: str, method: str, path: str
) -> None:
    body = {"partner": "ptr_x"} if (method, path) == ("POST", "/v1/couples") else None
    lesser = the_same_with(integrator, database_url, scopes=frozenset(Scope) - {Scope.PEOPLE})

    assert lesser.ask(method, path, body).json()["code"] == "scope_missing"
    assert integrator.add(agrees=False).ask(method, path, body).json()["code"] == "key_needed"
    assert integrator.client.request(method, path, json=body).json()["code"] == "credentials_missing"
