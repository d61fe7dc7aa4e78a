"""An unchanged view is known to be unchanged before anything is decided, and is sent again byte for byte."""

from collections.abc import Callable
from typing import Any

import pytest

from app.api.me import view
from tests.people import Integrator, Person
from tests.unlocked import unlock

NOW, NEXT_DAY, TURN = "2026-11-25T09:30:00+00:00", "2026-11-26T09:30:00+00:00", "2026-11-30T00:00:00+00:00"
PATH = "/v1/me/view"


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The partners for whom something was decided to answer `GET /v1/me/view`."""
    partners: list[str] = []
    show = view.__dict__["show_now"]

    async def show_now(session: Any, partner: Any, *rest: Any) -> Any:
        partners.append(partner.id)
        return await show(session, partner, *rest)

    monkeypatch.setattr(view, "show_now", show_now)
    return partners


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    integrator.now = NOW
    a, b = integrator.add(country="US"), integrator.add()
    integrator.share(a, b, "evening-walk")
    for person in (a, b):
        person.report({"safety": {"fear": "no"}})
        person.view()
    return a, b


def test_the_second_look_decides_nothing_and_has_the_same_bytes(
    integrator: Integrator, couple: tuple[Person, Person], decided: list[str]
) -> None:
    """The tag is of the bytes, so that it tells no more than they do: made anew on the next day they have the same."""
    a, _ = couple
    first = a.get(PATH)
    decided.clear()
    again, unchanged = a.get(PATH), a.get(PATH, If_None_Match=first.headers["etag"])

    assert decided == []
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert (unchanged.status_code, unchanged.content, unchanged.headers["cache-control"]) == (304, b"", "no-store")
    integrator.move_to(NEXT_DAY, a)
    assert a.get(PATH, If_None_Match=first.headers["etag"]).status_code == 304
    assert decided == [a.id]


CHANGES: dict[str, Callable[[Integrator, Person], object]] = {
    "a report": lambda _, a: a.report({"safety": {"fear": "yes"}}),
    "a choice": lambda _, a: a.put("/v1/me/choices/tea-in-silence", {"choice": "not_now"}),
    "a choice taken back": lambda _, a: a.delete("/v1/me/choices/evening-walk"),
    "feedback": lambda _, a: a.post("/v1/me/feedback", {"activity": "evening-walk", "outcome": "done"}),
    "pooling taken back": lambda _, a: a.agree("pooling", granted=False),
    "unlinking": lambda _, a: a.delete("/v1/me/couple"),
    "another day": lambda integrator, a: integrator.move_to(NEXT_DAY, a),
    "the turn": lambda integrator, a: integrator.move_to(TURN, a),
    "another country": lambda _, a: a.ask("PATCH", "/v1/me", {"country": "GB"}),
    "a passphrase": lambda _, a: a.put("/v1/me/passphrase", {"passphrase": "four words of mine"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_it_is_made_from_makes_it_anew(
    integrator: Integrator, couple: tuple[Person, Person], decided: list[str], change: str
) -> None:
    a, _ = couple
    a.get(PATH)
    CHANGES[change](integrator, a)
    decided.clear()

    assert a.get(PATH).status_code == 200
    assert decided == [a.id]


def test_nothing_that_the_other_does_makes_it_anew(couple: tuple[Person, Person], decided: list[str]) -> None:
    a, b = couple
    first = a.get(PATH)
    decided.clear()
    b.report({"conflict": {"level": "chronic"}})
    b.put("/v1/me/choices/tea-in-silence", {"choice": "yes"})
    b.delete("/v1/me/couple")

    assert a.get(PATH).content == first.content
    assert decided == []


def test_the_full_view_is_not_kept(couple: tuple[Person, Person], decided: list[str]) -> None:
    a, _ = couple
    unlock(a)
    decided.clear()
    full = [a.get(PATH) for _ in range(2)]

    assert decided == [a.id] * 2
    assert "etag" not in full[0].headers
