"""What the store costs beside the driver alone, which runs the same statements with the same values.

    python -m benchmarks.store [--rounds 9] [--transactions 400]

PostgreSQL of its own, tables by the migrations. One transaction is what one request asks of the store: taking a
report, or reading a view that has not changed. asyncpg alone does the same from a pool of its own with as many
connections, in two ways: with one statement for each thing that is read or written, as one writes it who has the driver
alone; and with our statements, which were heard once. What is counted is the CPU time of the client, and beside it the
time until all are done.
"""

import asyncio
import gc
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from importlib.metadata import version
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import uvloop
from sqlalchemy import create_engine, event, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.service.progress import REPORTS_COMPARED
from app.store.connection import session
from app.store.connection.database import Database
from app.store.connection.prepared_statement import CompiledStatement
from app.store.crypto.ids import new_id, new_key
from app.store.queries import choices, consents, decisions, kept_views, pasts, reports, tokens, view_inputs, weeks
from app.store.schema import reports as reports_schema
from benchmarks.couples import NOW, POOLED_BYTES, PRIVATE_BYTES, couple_of, fill, fresh_database, key_of, postgresql
from benchmarks.rounds import AGAIN, Turns, in_turn, print_place_and_time, print_turns, ratios

AT_ONCE = 5
PARTNERS = 400
DECISION_BYTES = 3000
SUPPORT_BYTES, MUTUAL_BYTES, KEPT_VIEW_BYTES = bytes(200), bytes(4_124), bytes(8_220)
OURS, APART, RAW = "our store", "asyncpg alone, each thing by itself", "asyncpg alone, our statements"
LEAST_SHARE = 0.9
_DIALECT = create_engine("postgresql+asyncpg://").dialect


class New(NamedTuple):
    """What is new in every transaction that writes."""

    report: UUID
    report_id: str
    decision: UUID
    decision_id: str


class Said(NamedTuple):
    """A statement as the driver was asked it."""

    sql: str
    values: Sequence[Any]


class Asked(NamedTuple):
    """A statement with its values by name."""

    statement: Any
    given: dict[str, Any]


Transaction = Callable[[AsyncConnection, UUID, New], Awaitable[None]]
Apart = Callable[[UUID, New], list[Asked]]
Run = Callable[[], Awaitable[None]]
Prepare = Callable[[UUID], Run]


def something_new() -> New:
    return New(new_key(), new_id("rpt"), new_key(), new_id("dec"))


async def come_in(connection: AsyncConnection, partner: UUID) -> None:
    """What every request of a partner begins with."""
    await tokens.find_login(connection, token_of(partner))
    await consents.of_partner(connection, partner)


async def read_view(connection: AsyncConnection, partner: UUID, _new: New) -> None:
    await come_in(connection, partner)
    await kept_views.find(connection, partner)
    await view_inputs.of_partner(connection, partner, REPORTS_COMPARED)
    await weeks.link_of(connection, partner)
    await view_inputs.history_of_partner(connection, partner)


async def take_report(connection: AsyncConnection, partner: UUID, new: New) -> None:
    await come_in(connection, partner)
    await reports.find_support(connection, partner)
    link = await weeks.link_of(connection, partner)
    await reports.put_support(connection, partner, SUPPORT_BYTES)
    await reports.add(connection, bytes(PRIVATE_BYTES), **report_of(partner, new))
    if link:
        await weeks.own_mutual(connection, link.key, partner)
        await weeks.put_mutual(connection, link.key, partner, MUTUAL_BYTES)
    await view_inputs.of_partner(connection, partner, REPORTS_COMPARED)
    await view_inputs.history_of_partner(connection, partner)
    await weeks.link_of(connection, partner)
    await decisions.add(connection, **decision_of(partner, new))


def report_of(partner: UUID, new: New) -> dict[str, Any]:
    """Without its private part."""
    return {
        "key": new.report,
        "id": new.report_id,
        "partner_key": partner,
        "reported_at": NOW,
        "answered_on": NOW.date(),
        "pooled": bytes(POOLED_BYTES),
    }


def decision_of(partner: UUID, new: New) -> dict[str, Any]:
    return {
        "key": new.decision,
        "id": new.decision_id,
        "partner_key": partner,
        "made_at": NOW,
        "ruleset": "1.0.0",
        "digest": "sha256:" + "0" * 64,
        "inputs": bytes(32),
        "sealed": bytes(DECISION_BYTES),
    }


def reading_apart(partner: UUID, _new: New) -> list[Asked]:
    """What is read for a view, each thing by itself."""
    return [*inputs_apart(partner), Asked(kept_views.OF_PARTNER.statement, {"partner": partner})]


def inputs_apart(partner: UUID) -> list[Asked]:
    its = {"partner": partner}
    return [
        Asked(tokens.LOGIN, {"hash": token_of(partner)}),
        Asked(select(session.acting_for(literal(str(partner)))), {}),
        Asked(consents.OF_PARTNER.statement, its),
        Asked(reports.OWN.limit(REPORTS_COMPARED), its),
        Asked(reports.SUPPORT, its),
        Asked(weeks.LINK.statement, its),
        Asked(choices.OF_PARTNER, its),
        Asked(pasts.OF_PARTNER, its),
        Asked(decisions.LATEST, its),
    ]


def writing_apart(partner: UUID, new: New) -> list[Asked]:
    """What a view is made from, and what is read and written with a report."""
    its = {"couple": couple_of(partner), "partner": partner}
    mine = {"couple_key": couple_of(partner), "partner_key": partner}
    private = {"report_key": new.report, "partner_key": partner, "sealed": bytes(PRIVATE_BYTES)}
    return [
        *inputs_apart(partner),
        Asked(reports.PUT_SUPPORT["postgresql"].statement, {"partner_key": partner, "sealed": SUPPORT_BYTES}),
        Asked(insert(reports_schema.reports), report_of(partner, new)),
        Asked(insert(reports_schema.private_answers), private),
        Asked(weeks.OWN_MUTUAL.statement, its),
        Asked(weeks.PUT_MUTUAL["postgresql"].statement, {**mine, "sealed": MUTUAL_BYTES}),
        Asked(decisions.ADD.statement, decision_of(partner, new)),
    ]


TRANSACTIONS: Mapping[str, tuple[Transaction, Apart]] = {
    "taking a report": (take_report, writing_apart),
    "reading a view": (read_view, reading_apart),
}


def main() -> None:
    """Fill, measure and print."""
    parser = ArgumentParser(description="What the store costs beside the driver alone.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--transactions", type=int, default=400)
    asked = parser.parse_args()
    print_place_and_time()
    with postgresql() as server:
        uvloop.run(measure(fresh_database(server), asked.rounds, asked.transactions))


async def measure(address: str, rounds: int, count: int) -> None:
    database = Database(address.replace("postgresql:", "postgresql+asyncpg:"))
    async with asyncpg.create_pool(address, min_size=AT_ONCE, max_size=AT_ONCE) as pool:
        async with pool.acquire() as connection:
            await fill(connection, PARTNERS)
            server = await connection.fetchval("SHOW server_version")
        await add_tokens_and_views(database)
        print(f"PostgreSQL {server}, asyncpg {version('asyncpg')}, SQLAlchemy {version('sqlalchemy')}")
        for name, (transaction, apart) in TRANSACTIONS.items():
            said, new = await heard(database, transaction, key_of(1))
            each_alone = [said_as(asked) for asked in apart(key_of(1), new)]
            ours, raw = by_our_store(database, transaction), by_the_driver(pool, said, new)
            # As the server does once it has loaded (app/commands/serve.py).
            gc.collect()
            gc.freeze()
            everyone = {APART: by_the_driver(pool, each_alone, new), RAW: raw, OURS: ours, AGAIN: ours}
            cpu, waited = await take_turns(everyone, rounds, count)
            print(f"\n{name.capitalize()}: {len(each_alone)} statements, {len(said)} in our store, ", end="")
            print(f"{sum(map(size_of, said))} bytes of values in one transaction, {AT_ONCE} at once, ", end="")
            print(f"{count} transactions a round, {rounds} rounds after one to warm up")
            print_turns(cpu, OURS, count, "transaction")
            for what, turns in (("CPU", cpu), ("transactions a second", waited)):
                for other in (APART, RAW):
                    share = median(ratios(turns, other, OURS))
                    goal = f", meant to be at least {LEAST_SHARE}: {'met' if share >= LEAST_SHARE else 'NOT met'}"
                    print(f"  {what}: {share:.2f} of {other}{goal if other == APART else ''}")
            rates = ", ".join(f"{each}: {count / median(spent):.0f}" for each, spent in waited.items())
            print(f"  transactions a second: {rates}")
    await database.close()


async def add_tokens_and_views(database: Database) -> None:
    async with database.writing() as connection:
        for number in range(1, PARTNERS + 1):
            await tokens.add(
                connection,
                key=new_key(),
                id=new_id("tok"),
                partner_key=key_of(number),
                hash=token_of(key_of(number)),
                api_key_id="key_one",
                created_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
            await kept_views.put(connection, key_of(number), bytes(32), KEPT_VIEW_BYTES)


def token_of(partner: UUID) -> bytes:
    """The hash of a token of this partner."""
    return partner.bytes * 2


async def heard(database: Database, transaction: Transaction, partner: UUID) -> tuple[list[Said], New]:
    """The statements of one transaction of this partner, and what was new in it."""
    engine, new, said = (await database.engine()).sync_engine, something_new(), []

    def hear(_connection: object, _cursor: object, sql: str, values: Sequence[Any], *_rest: object) -> None:
        said.append(Said(sql, tuple(values)))

    event.listen(engine, "before_cursor_execute", hear)
    async with database.writing() as connection:
        await transaction(connection, partner, new)
    event.remove(engine, "before_cursor_execute", hear)
    return said, new


def said_as(asked: Asked) -> Said:
    compiled = CompiledStatement(asked.statement, _DIALECT)
    return Said(compiled.sql, compiled.values(asked.given))


def size_of(said: Said) -> int:
    return sum(len(value) for value in said.values if isinstance(value, bytes))


def by_our_store(database: Database, transaction: Transaction) -> Prepare:
    """Transactions that go through `app.store`."""

    def prepare(partner: UUID) -> Run:
        new = something_new()

        async def run() -> None:
            async with database.writing() as connection:
                await transaction(connection, partner, new)

        return run

    return prepare


def by_the_driver(pool: asyncpg.Pool, said: Sequence[Said], before: New) -> Prepare:
    """The same ones, with the values of another partner and with new ids put in beforehand."""

    def prepare(partner: UUID) -> Run:
        first, new = key_of(1), something_new()
        instead = dict(zip(before, new, strict=True))
        instead |= {first: partner, str(first): str(partner), token_of(first): token_of(partner)}
        instead[couple_of(first)] = couple_of(partner)
        mine = [Said(each.sql, [instead.get(value, value) for value in each.values]) for each in said]

        async def run() -> None:
            async with pool.acquire() as connection, connection.transaction():
                for each in mine:
                    await connection.fetch(each.sql, *each.values)

        return run

    return prepare


async def take_turns(contestants: Mapping[str, Prepare], rounds: int, count: int) -> tuple[Turns, Turns]:
    """What each spent in each round, in seconds of CPU and in seconds waited, after one round that does not count."""
    cpu: dict[str, list[float]] = {name: [] for name in contestants}
    waited: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, prepare in in_turn(contestants, number):
            runs = iter([prepare(key_of(1 + each % PARTNERS)) for each in range(count)])
            began, began_cpu = perf_counter(), process_time()
            await asyncio.gather(*(one_after_the_other(runs) for _ in range(AT_ONCE)))
            if number:
                cpu[name].append(process_time() - began_cpu)
                waited[name].append(perf_counter() - began)
    return cpu, waited


async def one_after_the_other(runs: Iterator[Run]) -> None:
    for run in runs:
        await run()


if __name__ == "__main__":
    main()
