"""Nothing that A does privately changes one byte of what B and the integrator see; and whatever would is found."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from app.api.http.request_context import RateLimiter
from app.api.integrators import couples
from app.api.me import export, me, plan
from app.api.me import view as my_view
from app.engine.self_report import SelfReport, poolable
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.service import plan as planned
from app.service import report_codec, view
from app.service.integrators import create_integrator
from app.settings import Settings
from tests import clock
from tests.cases import rest_thorough
from tests.client import TestClient
from tests.people import Integrator
from tests.privacy.lives import BEGINNING, DONE_BY, OTHER, Life, hear_waits, lived, some_steps

PAIRS = 12
STEPS = 14
PAIRS_FOR_A_LEAK = 60

PRIVATE_ROWS = re.compile(
    r"\b(private_answers|held_support|choices|feedback|decisions|kept_views|pasts|plan_items|passphrases)\b",
    re.IGNORECASE,
)

Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def app(database_url: str, rulesets: ActiveRuleset, tmp_path: Path) -> FastAPI:
    """With a limit, so that what is left of it is seen as well."""
    return limited_app(database_url, rulesets, tmp_path)


def limited_app(url: str, rulesets: ActiveRuleset, folder: Path) -> FastAPI:
    address = url.replace("+aiosqlite", "").replace("+asyncpg", "")
    settings = {"database_url": address, "key_file": folder / "rekindle.keys", "rate_limit": "100000/day"}
    return create_app(Settings.model_validate(settings), rulesets, clock=clock.now)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    hear_waits(monkeypatch)


def begin(client: TestClient, app: FastAPI) -> Life:
    async def make() -> Any:
        async with app.state.database.writing() as connection:
            return await create_integrator(connection, "Lighthouse", "test", BEGINNING)

    assert client.portal
    # Compressed, random ids are not all of one length. Compression adds nothing to tell by: it is a function of the
    # bytes that are compared here, and of the request.
    client.headers["Accept-Encoding"] = "identity"
    made = client.portal.call(make)
    integrator = Integrator(client, made.api_key, BEGINNING.isoformat(), made.integrator)
    a, b = integrator.add(country="US"), integrator.add(country="US")
    life = Life(integrator, a, b, integrator.link(a, b))
    OTHER[b.id] = a.id
    return life


def what_differs(client: TestClient, app: FastAPI, seed: int, seen_by: Counter[str] | None = None) -> str | None:
    """Name the first thing that can be told apart; None when there is none."""
    one, other = begin(client, app), begin(client, app)
    for step in some_steps(seed, STEPS):
        lived(one, step.one, step.who)
        lived(other, step.other, step.who)
    for (asked, seen), (_, also) in zip(one.seen, other.seen, strict=True):
        if seen_by is not None:
            seen_by[f"{seen[0] // 100}xx"] += 1
        if seen != also:
            return f"seed {seed}: {asked}\n{seen}\n{also}"
    return None


@pytest.mark.usefixtures("unheard", "one_seed")
def test_b_and_the_integrator_cannot_tell_what_a_does_privately(client: TestClient, app: FastAPI) -> None:
    seen: Counter[str] = Counter()
    for seed in range(PAIRS):
        assert what_differs(client, app, seed, seen) is None
    assert seen["5xx"] == 0
    assert seen["2xx"] > 0.6 * seen.total(), seen


@pytest.mark.usefixtures("unheard", "one_seed")
def test_no_statement_that_serves_b_reads_a_private_row_of_a(
    sqlite_url: str, rulesets: ActiveRuleset, tmp_path: Path
) -> None:
    app = limited_app(sqlite_url, rulesets, tmp_path)
    heard: list[str] = []
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.portal
        engine = client.portal.call(app.state.database.engine)
        for seed in range(PAIRS):
            life = begin(client, app)
            row = client.portal.call(key_of, app, life.a.id)

            def hear(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any, row: str = row) -> None:
                if PRIVATE_ROWS.search(statement) and row in repr(given):
                    heard.append(statement)

            for step in some_steps(seed, STEPS):
                if step.who == "b":
                    event.listen(engine.sync_engine, "before_cursor_execute", hear)
                lived(life, step.one, step.who)
                if step.who == "b":
                    event.remove(engine.sync_engine, "before_cursor_execute", hear)
            assert heard == []
            event.listen(engine.sync_engine, "before_cursor_execute", hear)
            life.a.report()
            event.remove(engine.sync_engine, "before_cursor_execute", hear)
            assert heard, "what reads A's rows for A is not heard either"
            heard.clear()


async def key_of(app: FastAPI, partner: str) -> str:
    async with app.state.database.reading() as connection:
        found = await connection.exec_driver_sql("SELECT key FROM partners WHERE id = ?", (partner,))
        return str(found.scalar_one())


# Leaks, planted one at a time


def by_the_other(partner: str, words: str = "") -> int:
    """How often the other of this partner did something that holds these words."""
    return sum(words in act for act in DONE_BY.get(OTHER.get(partner, ""), ()))


def change(module: Any, name: str, becomes: Callable[[Any], Any]) -> Plant:
    """Put something else in the place of a function, which gets to know the function that was there."""
    return lambda patch: patch.setattr(module, name, becomes(getattr(module, name)))


def view_that_knows(words: str, changed: Callable[[Any], Any]) -> Plant:
    def plant(show: Any) -> Any:
        async def show_otherwise(session: Any, partner: Any, *rest: Any, **named: Any) -> Any:
            shown = await show(session, partner, *rest, **named)
            return changed(shown) if by_the_other(partner.id, words) else shown

        return show_otherwise

    return change(my_view, "show_now", plant)


def reply_that_knows(module: Any, words: str, finder: Any, name: str, teller: str = "json_response") -> Plant:
    """A field that counts what the other did."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        asking, find, tell = [""], getattr(finder, name), getattr(module, teller)

        async def find_otherwise(*given: Any, **named: Any) -> Any:
            people = (getattr(each, "partner", each) for each in given)
            asking[0] = next(each.id for each in people if str(getattr(each, "id", "")).startswith("ptr_"))
            return await find(*given, **named)

        def told(*given: Any, **named: Any) -> Any:
            n = by_the_other(asking[0], words)
            return tell(*[{**each, "n": n} if isinstance(each, dict) else each for each in given], **named)

        patch.setattr(finder, name, find_otherwise)
        patch.setattr(module, teller, told)

    return plant


def serial_ids(patch: pytest.MonkeyPatch) -> None:
    numbers = count(10**25)
    for module in (view,):
        patch.setattr(module, "new_id", lambda prefix: f"{prefix}_{next(numbers)}")


def one_limit_for_all(patch: pytest.MonkeyPatch) -> None:
    take = RateLimiter.take
    patch.setattr(
        RateLimiter, "take", lambda self, who, now: take(self, "everyone" if who.startswith("ptr_") else who, now)
    )


def held_back_answers_pool(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(report_codec, "pool", poolable)


def private_answers_shape_the_pool(patch: pytest.MonkeyPatch) -> None:
    write = report_codec.encode_pooled

    def written(report: SelfReport) -> bytes:
        afraid = report.safety is not None and report.safety.fear == "yes"
        return write(SelfReport(time_together=report.time_together)) if afraid else write(report)

    patch.setattr(report_codec, "encode_pooled", written)


def a_wait_for_whoever_needs_care(patch: pytest.MonkeyPatch) -> None:
    """Not a byte differs, and only the time tells."""
    show = my_view.__dict__["show_now"]

    async def show_later(session: Any, partner: Any, *rest: Any, **named: Any) -> Any:
        if by_the_other(partner.id, '"safety"'):
            await asyncio.sleep(0.001)
        return await show(session, partner, *rest, **named)

    patch.setattr(my_view, "show_now", show_later)


def views_are_kept_for_the_couple(patch: pytest.MonkeyPatch) -> None:
    """Under the wrong name: what was shown to one is shown to the other."""
    show, kept = view.__dict__["show_now"], dict[str, Any]()

    async def show_kept(session: Any, partner: Any, *rest: Any, **named: Any) -> Any:
        couple = OTHER.get(partner.id, partner.id)
        if couple not in kept:
            kept[couple] = await show(session, partner, *rest, **named)
        return kept[couple]

    patch.setattr(my_view, "show_now", show_kept)


def last_changed(patch: pytest.MonkeyPatch) -> None:
    """The integrator sees when somebody of the couple last did something."""
    tell = couples.couple_out

    def told(couple: Any) -> Any:
        done = sum(len(DONE_BY.get(each, ())) for each in couple.partners)
        return {**tell(couple), "changes": done}

    patch.setattr(couples, "couple_out", told)


LEAKS: dict[str, Plant] = {
    "nothing is suggested where the other is afraid": view_that_knows(
        '"fear":"yes"', lambda shown: shown._replace(view=shown.view._replace(activities=()))
    ),
    "a wait where the other answered about safety": a_wait_for_whoever_needs_care,
    "a word where the other looked": view_that_knows(
        "GET /v1/me/view", lambda shown: shown._replace(view=shown.view._replace(limits=()))
    ),
    "a basis that knows of feedback": view_that_knows("feedback", lambda shown: shown._replace(basis="one_partner")),
    "a count in my own": reply_that_knows(me, "", me, "is_linked"),
    "a count in my export": reply_that_knows(export, "view", export, "gather", "json_stream"),
    "ids in a row": serial_ids,
    "one limit for all": one_limit_for_all,
    "answers that were held back": held_back_answers_pool,
    "a pool that is smaller when somebody is afraid": private_answers_shape_the_pool,
    "a plan that counts one yes": reply_that_knows(plan, "choice", planned, "find_plan", "own_response"),
    "views that are kept for the couple": views_are_kept_for_the_couple,
    "when the couple last changed": last_changed,
}


@pytest.mark.usefixtures("unheard", "one_seed")
@pytest.mark.parametrize("plant_leak", rest_thorough(LEAKS, first=3))
def test_a_leak_is_found(
    plant_leak: Plant, sqlite_url: str, rulesets: ActiveRuleset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = limited_app(sqlite_url, rulesets, tmp_path)
    with TestClient(app, raise_server_exceptions=False) as client:
        plant_leak(monkeypatch)
        assert any(what_differs(client, app, seed) for seed in range(PAIRS_FOR_A_LEAK))
