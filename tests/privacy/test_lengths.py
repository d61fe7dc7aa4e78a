"""No length of a sealed value tells what is in it: whatever one keeps to oneself, the rows are of one size."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

import pytest

from app.rulesets.library import Library
from app.service import safety_carry_over
from app.store.crypto import padding, vault
from app.store.schema.columns import Sealed
from app.store.schema.tables import metadata
from tests.contract.self_report import POOLED, PRIVATE, SAFETY, report_of, some_answers, some_report
from tests.people import REPORT, Integrator, Person
from tests.privacy.canaries import done
from tests.store.rows import fetch
from tests.unlocked import unlock

SEALED = sorted(f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.c
                if isinstance(column.type, Sealed))  # fmt: skip
OF_ONE_SIZE = ("decisions.sealed", "choices.sealed", "feedback.sealed")
CHOICES = ("yes", "not_now", "not_for_us")

Lengths = Mapping[str, set[int]]


def worlds() -> Iterator[dict[str, Any]]:
    """Yield reports of one partner from nothing private to everything."""
    everything = some_answers(Random(7), sorted({*POOLED, *PRIVATE} - SAFETY), 1)
    yield REPORT
    yield {**REPORT, "safety": {"self_harm": "yes", "threat": "yes", "worried_about_own_acts": "yes"}}
    yield {**REPORT, "private": {"willingness": "no", "leaning_out": True}}
    yield {**report_of(everything), "keep_private": sorted(POOLED)}


def random_worlds(random: Random, count: int) -> Iterator[dict[str, Any]]:
    for _ in range(count):
        yield some_report(random, safe=random.random() < 0.5)


def live(integrator: Integrator, number: int, report: dict[str, Any], activities: Sequence[str]) -> None:
    """Let one partner of a couple say `report`, choose and give feedback, of kinds that change with the number."""
    a, b = integrator.add(external_id="x" * (1 + number * 40 % 128)), integrator.add()
    integrator.share(a, b, "evening-walk")
    b.report()
    if number % 2:
        unlock(a)
    done(a, "POST", "/v1/me/reports", report, Idempotency_Key="own-words")
    choose(a, activities, CHOICES[number % 3])
    if number % 3:
        a.put("/v1/me/paths/turns-to-repair")
    react(a, number, a.view()["decision"])
    Person(a.client, integrator.token_for(a.id), a.now, a.id).view()


def choose(person: Person, activities: Sequence[str], kind: str) -> None:
    for activity in activities:
        done(person, "PUT", f"/v1/me/choices/{activity}", {"choice": kind})


def react(person: Person, number: int, decision: str) -> None:
    """Give feedback of every kind in turn, the longest with all that it may have."""
    kinds: Sequence[dict[str, Any]] = (
        {"outcome": "declined", "reason": "unsafe"},
        {"outcome": "done", "reason": "unsafe", "felt_accepted": 1, "felt_pressured": 5, "decision": decision},
        {"outcome": "declined", "reason": "too_tired"},
        {"outcome": "skipped"},
    )
    done(person, "POST", "/v1/me/feedback", {"activity": "tea-in-silence", **kinds[number % len(kinds)]})


def tell_apart(integrator: Integrator, url: str, library: Library, reports: Iterable[dict[str, Any]]) -> Lengths:
    """Live with each of the reports; return the lengths of the columns that have more than one."""
    ids = sorted((activity.id for activity in library.compiled.index.order), key=len)
    for number, report in enumerate(reports):
        live(integrator, number, report, (ids[0], ids[-1]))
    found = lengths(url)
    assert all(found[place] for place in OF_ONE_SIZE), "nothing was stored"
    return {place: sizes for place, sizes in found.items() if len(sizes) > 1}


def lengths(url: str) -> Lengths:
    found = defaultdict(set)
    for place in SEALED:
        table, _, column = place.partition(".")
        rows = asyncio.run(fetch(url, f"SELECT length({column}) AS size FROM {table} WHERE {column} IS NOT NULL"))  # noqa: S608
        found[place] = {row.size for row in rows}
    return found


def test_every_sealed_column_has_a_size() -> None:
    assert {*SEALED, "cursor"} == {*padding.SIZES}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_length_tells_what_one_keeps_to_oneself(integrator: Integrator, database_url: str, library: Library) -> None:
    assert tell_apart(integrator, database_url, library, worlds()) == {}


def rows_left(integrator: Integrator, url: str, report: dict[str, Any]) -> Sequence[int]:
    """Return how many rows of each table one partner leaves who says `report` and looks at their view."""
    count = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in sorted(metadata.tables))  # noqa: S608
    person = integrator.add()
    (before,) = asyncio.run(fetch(url, count))
    done(person, "POST", "/v1/me/reports", report)
    person.view()
    (after,) = asyncio.run(fetch(url, count))
    return [now - earlier for now, earlier in zip(after, before, strict=True)]


@pytest.mark.parametrize("is_kept_where_needed", [False, True])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_row_is_there_or_missing_for_what_one_keeps_to_oneself(
    integrator: Integrator, database_url: str, monkeypatch: pytest.MonkeyPatch, *, is_kept_where_needed: bool
) -> None:
    if is_kept_where_needed:
        store = safety_carry_over.store_support

        async def store_some(session: Any, partner: Any, support: Any) -> None:
            if support:
                await store(session, partner, support)

        monkeypatch.setattr(safety_carry_over, "store_support", store_some)
    one, *others = (rows_left(integrator, database_url, report) for report in worlds())

    assert sum(one) > 4
    assert any(other != one for other in others) == is_kept_where_needed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_padding_lengths_tell(
    integrator: Integrator, database_url: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "pack", lambda place, value: padding.pack(place, value).rstrip(b"\0"))

    assert {*OF_ONE_SIZE} <= tell_apart(integrator, database_url, library, [*worlds()][:2]).keys()
