from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from httpx2 import Response

from tests.api.strangers import another_integrator, said, the_same_with
from tests.people import Integrator, Person

NOT_FOUND = (404, "invitation_not_found")


@pytest.fixture
def invite(integrator: Integrator) -> Callable[[Person], str]:
    """A code for whoever joins this partner in a new couple."""

    def invite(inviter: Person) -> str:
        couple = integrator.post("/v1/couples", {"partner": inviter.id}).json()["id"]
        return new_code(integrator, couple)

    return invite


def new_code(integrator: Integrator, couple: str) -> str:
    made = integrator.post(f"/v1/couples/{couple}/invitations")
    assert made.status_code == 201, made.text
    code: str = made.json()["code"]
    return code


def accept(person: Person, code: str) -> Response:
    return person.post("/v1/invitations/accept", {"code": code})


def is_linked(person: Person) -> bool:
    linked: bool = person.get("/v1/me").json()["linked"]
    return linked


def pools(person: Person) -> bool:
    granted = {each["purpose"]: each["granted"] for each in person.get("/v1/me/consents").json()["data"]}
    return bool(granted["pooling"])


def test_a_code_links_the_two(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    couple = integrator.post("/v1/couples", {"partner": one.id}).json()["id"]

    answer = accept(other, new_code(integrator, couple))

    assert (answer.status_code, answer.json()) == (200, {"couple": couple, "linked": True})
    assert is_linked(one)
    assert is_linked(other)
    assert integrator.get(f"/v1/couples/{couple}").json()["partners"] == [one.id, other.id]


def test_before_anyone_accepts_nobody_is_linked(integrator: Integrator, invite: Callable[[Person], str]) -> None:
    one = integrator.add()
    invite(one)

    assert not is_linked(one)


def test_a_code_is_read_however_it_was_written_down(integrator: Integrator, invite: Callable[[Person], str]) -> None:
    code = invite(integrator.add())

    assert accept(integrator.add(), f" {code.replace('-', '').lower()}\n").status_code == 200


def test_the_same_request_again_is_answered_as_the_first_time(
    integrator: Integrator, invite: Callable[[Person], str]
) -> None:
    code, other = invite(integrator.add()), integrator.add()

    first, again = (other.post("/v1/invitations/accept", {"code": code}, Idempotency_Key="one") for _ in range(2))

    assert (first.status_code, first.content) == (again.status_code, again.content) == (200, first.content)


@pytest.mark.parametrize(
    "code", ["", "K7M2P-QX9RD-4HVBT-ZC6WN", "K7M2P", "É" * 200, "'; DROP TABLE invitations", "\u0000"]
)
def test_a_code_that_never_was_is_not_found(integrator: Integrator, code: str) -> None:
    answer = accept(integrator.add(), code)

    assert (answer.status_code, answer.json()["code"]) == NOT_FOUND


def test_every_code_that_does_not_work_is_answered_alike(
    integrator: Integrator, invite: Callable[[Person], str], database_url: str
) -> None:
    stranger = integrator.add()
    unknown = said(accept(stranger, "K7M2P-QX9RD-4HVBT-ZC6WN"))

    used = invite(integrator.add())
    accept(integrator.add(), used)
    inviter = integrator.add()
    own = invite(inviter)
    left = integrator.add()
    of_one_who_left = invite(left)
    left.delete("/v1/me/couple")
    of_two_already = integrator.link(integrator.add(), integrator.add(), pools=False)
    to_another, to_live = another_integrator(integrator, database_url), the_same_with(integrator, database_url, "live")
    open_code = invite(integrator.add())

    assert said(accept(stranger, used)) == unknown
    assert said(accept(inviter, own)) == unknown
    assert said(accept(stranger, of_one_who_left)) == unknown
    assert said(accept(stranger, new_code(integrator, of_two_already))) == unknown
    assert said(accept(to_another.add(), open_code)) == unknown
    assert said(accept(to_live.add(), open_code)) == unknown
    assert accept(stranger, open_code).status_code == 200


def test_a_code_works_once_also_for_the_one_who_used_it(
    integrator: Integrator, invite: Callable[[Person], str]
) -> None:
    code, person = invite(integrator.add()), integrator.add()
    assert accept(person, code).status_code == 200
    person.delete("/v1/me/couple")

    assert accept(person, code).status_code == 404
    assert not is_linked(person)


def test_a_code_works_for_seven_days(integrator: Integrator, invite: Callable[[Person], str]) -> None:
    start = datetime(2026, 11, 23, 12, tzinfo=UTC)
    one, other = integrator.add(), integrator.add()
    integrator.move_to(start.isoformat(), one, other)
    codes = [invite(one), invite(integrator.add())]

    integrator.move_to((start + timedelta(days=7)).isoformat(), other)
    assert accept(other, codes[0]).status_code == 404
    integrator.move_to((start + timedelta(days=7, seconds=-1)).isoformat(), other)
    assert accept(other, codes[0]).status_code == 200


def test_whoever_leaves_looks_to_the_other_like_one_who_went_quiet(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    couple = integrator.link(one, other)
    seen = [other.get(path).content for path in ("/v1/me", "/v1/me/consents", "/v1/me/access-log")]
    by_the_integrator = integrator.get(f"/v1/couples/{couple}").content

    assert one.delete("/v1/me/couple").status_code == 204

    assert not is_linked(one)
    assert not pools(one)
    assert [other.get(path).content for path in ("/v1/me", "/v1/me/consents", "/v1/me/access-log")] == seen
    assert is_linked(other)
    assert integrator.get(f"/v1/couples/{couple}").content == by_the_integrator
    assert integrator.get("/v1/couples").json()["data"][0] == integrator.get(f"/v1/couples/{couple}").json()


def test_leaving_is_always_answered_alike(integrator: Integrator) -> None:
    person = integrator.add()

    assert [person.delete("/v1/me/couple").status_code for _ in range(2)] == [204, 204]


def test_whoever_left_hears_nobody_at_once_and_is_heard_no_more_at_the_turn(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    one.report()
    other.report()
    assert other.view()["basis"] == "both_partners"

    one.delete("/v1/me/couple")

    assert one.view()["basis"] == "one_partner"
    assert other.view()["basis"] == "both_partners"
    integrator.move_to("2026-11-30T00:00:00Z", other)
    assert other.view()["basis"] == "one_partner"


def test_a_link_with_another_ends_the_one_before(integrator: Integrator, invite: Callable[[Person], str]) -> None:
    one, other, third = (integrator.add() for _ in range(3))
    integrator.link(one, other)

    assert accept(other, invite(third)).status_code == 200

    assert [is_linked(person) for person in (one, other, third)] == [True, True, True]
    assert [pools(person) for person in (one, other, third)] == [True, False, False]


def test_an_inviter_who_is_linked_elsewhere_leaves_that_link(
    integrator: Integrator, invite: Callable[[Person], str]
) -> None:
    one, other, third = (integrator.add() for _ in range(3))
    integrator.link(one, other)

    assert accept(third, invite(one)).status_code == 200

    assert [pools(person) for person in (one, other, third)] == [False, True, False]
    assert other.get("/v1/me/access-log").json()["data"][0]["kind"] == "consent_given"


def test_an_old_code_brings_nobody_back_who_has_linked_anew(
    integrator: Integrator, invite: Callable[[Person], str]
) -> None:
    one, former, other = (integrator.add() for _ in range(3))
    old = invite(one)
    accept(one, invite(other))

    assert accept(former, old).status_code == 404
    assert is_linked(one)


def test_the_invited_one_comes_back_with_a_new_code_of_the_same_couple(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    couple = integrator.link(one, other)
    other.delete("/v1/me/couple")
    seen = [one.get(path).content for path in ("/v1/me", "/v1/me/consents")]
    kinds = [entry["kind"] for entry in one.get("/v1/me/access-log").json()["data"]]

    answer = accept(other, new_code(integrator, couple))

    assert (answer.status_code, answer.json()["couple"]) == (200, couple)
    assert is_linked(other)
    assert not pools(other)
    assert pools(one)
    assert [one.get(path).content for path in ("/v1/me", "/v1/me/consents")] == seen
    told = [entry["kind"] for entry in one.get("/v1/me/access-log").json()["data"]]
    assert told == ["invitation_made", *kinds]
    assert integrator.get(f"/v1/couples/{couple}").json()["partners"] == [one.id, other.id]


def test_of_two_who_send_one_code_at_once_exactly_one_is_linked(
    integrator: Integrator, invite: Callable[[Person], str]
) -> None:
    for _ in range(3):
        code, people = invite(integrator.add()), [integrator.add() for _ in range(4)]

        answers = at_once([partial(accept, person, code) for person in people])

        assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]
        assert [is_linked(person) for person in people] == [answer.status_code == 200 for answer in answers]


def test_whoever_accepts_two_codes_at_once_is_linked_once(
    integrator: Integrator, invite: Callable[[Person], str]
) -> None:
    for _ in range(3):
        person, inviters = integrator.add(), [integrator.add() for _ in range(3)]
        codes = [invite(inviter) for inviter in inviters]

        answers = at_once([partial(accept, person, code) for code in codes])

        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert person.get("/v1/me").json()["linked"]
        kinds = [entry["kind"] for entry in person.get("/v1/me/access-log").json()["data"]]
        assert (kinds.count("linked"), kinds.count("unlinked")) == (3, 2)


def test_two_who_invite_each_other_at_once_do_not_stand_in_each_others_way(
    integrator: Integrator, invite: Callable[[Person], str]
) -> None:
    for _ in range(3):
        one, other = integrator.add(), integrator.add()
        of_one, of_other = invite(one), invite(other)

        answers = at_once([partial(accept, other, of_one), partial(accept, one, of_other)])

        assert {answer.status_code for answer in answers} <= {200, 404}
        assert is_linked(one)
        assert is_linked(other)


def test_ending_a_couple_while_the_other_joins_leaves_nothing_half_done(integrator: Integrator) -> None:
    for _ in range(3):
        one, other = integrator.add(), integrator.add()
        couple = integrator.post("/v1/couples", {"partner": one.id}).json()["id"]
        code = new_code(integrator, couple)

        joined, ended = at_once([partial(accept, other, code), partial(integrator.delete, f"/v1/couples/{couple}")])

        assert joined.status_code in (200, 404)
        assert ended.status_code == 204
        assert not is_linked(one)
        assert not is_linked(other)


def at_once(requests: list[Callable[[], Response]]) -> list[Response]:
    barrier = Barrier(len(requests))

    def run(request: Callable[[], Response]) -> Response:
        barrier.wait()
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))


def test_accepting_takes_the_token_of_a_partner(integrator: Integrator) -> None:
    answer = integrator.post("/v1/invitations/accept", {"code": "K7M2P-QX9RD-4HVBT-ZC6WN"})

    assert (answer.status_code, answer.json()["code"]) == (403, "token_needed")
    assert integrator.client.post("/v1/invitations/accept", json={"code": "x"}).status_code == 401


@pytest.mark.parametrize("how", ["stays", "leaves", "is erased"])
def test_a_spare_code_does_not_tell_whether_the_inviter_is_still_there(integrator: Integrator, how: str) -> None:
    one, other = integrator.add(), integrator.add()
    couple = integrator.link(one, other)
    if how == "leaves":
        one.delete("/v1/me/couple")
    if how == "is erased":
        one.delete("/v1/me")

    code = new_code(integrator, couple)
    answers = [accept(other, code) for _ in range(2)]

    assert (answers[0].status_code, answers[0].json()) == (200, {"couple": couple, "linked": True})
    assert (answers[1].status_code, answers[1].json()["code"]) == (404, "invitation_not_found")
    assert accept(integrator.add(), new_code(integrator, couple)).status_code == 404


def test_a_code_of_any_length_is_just_not_found(integrator: Integrator) -> None:
    assert accept(integrator.add(), "K" * 5000).json()["code"] == "invitation_not_found"
