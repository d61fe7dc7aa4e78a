"""Whether the latest reports of two partners stay as near when there are a thousand times as many reports.

    python -m benchmarks.growth [--most 10000000] [--rounds 9]

PostgreSQL of its own, tables by the migrations. Every partner has answered weekly for a year, so more reports are more
couples. All sizes are there at once and take their turn in every round; before that, PostgreSQL says how many pages
each statement touches. Ten million reports take ten minutes to lay down, and gigabytes.
"""

import asyncio
import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import create_engine

from app.store.queries.reports import OF_COUPLE
from app.store.queries.view_inputs import OF_PARTNER
from benchmarks.couples import COUNTING, couple_of, fill, fresh_database, key_of, partners_for, postgresql
from benchmarks.rounds import in_turn, print_place_and_time, print_target

LEAST, MOST = 10_000, 10_000_000
PARTNERS, SEED = 300, 1
MOMENTS = ("somebody's first time since the server started", "the same people again")
"""Among few reports everybody has been there before; among many, first times are slower."""
LOOKUPS = 5
"""Of reports, by an index: one's own newest; of each of the two, the key of the one that counts, and the report."""
MOST_TIMES, MOST_BUFFERS = 1.5, 6 * LOOKUPS
_DIALECT = create_engine("postgresql+asyncpg://").dialect


def main() -> None:
    """Fill, measure and print."""
    parser = ArgumentParser(description="What the latest reports of two partners cost among many.")
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    print_place_and_time()
    sizes = [size for size in (10**power for power in range(4, 9)) if size <= asked.most]
    with postgresql() as server:
        addresses = {size: fresh_database(server) for size in sizes}
        asyncio.run(measure(addresses, asked.rounds))


async def measure(addresses: Mapping[int, str], rounds: int) -> None:
    """Each size on a connection of its own, the statements prepared as they are in the server."""
    open_: dict[int, asyncpg.Connection] = {}
    for size, address in addresses.items():
        began = perf_counter()
        open_[size] = await asyncpg.connect(address)
        await fill(open_[size], partners_for(size))
        print(f"  {size:,} reports of {partners_for(size):,} partners laid down in {perf_counter() - began:.0f} s")
    version = await open_[LEAST].fetchval("SHOW server_version")
    print(
        f"\nThe latest reports of both, PostgreSQL {version}, {PARTNERS} partners drawn anew in each of {rounds} rounds"
    )
    pages = {size: await most_touched(connection, size) for size, connection in open_.items()}
    times: dict[str, dict[int, list[float]]] = {moment: {size: [] for size in open_} for moment in MOMENTS}
    for number in range(rounds + 1):
        for name, connection in in_turn({str(size): each for size, each in open_.items()}, number):
            size = int(name)
            for moment in MOMENTS:
                spent = await seconds_of(connection, some_partners(size, number))
                if number:
                    times[moment][size].append(median(spent))
    for moment, spent_by in times.items():
        print(f"\n  {moment}\n  {'reports':>12} {'µs, median':>12} {'ratio':>7}   least .. most")
        for size in open_:
            ratios = [mine / least for mine, least in zip(spent_by[size], spent_by[LEAST], strict=True)]
            spread = f"{min(ratios):.2f} .. {max(ratios):.2f}"
            print(f"  {size:12,} {median(spent_by[size]) * 1e6:12.0f} {median(ratios):7.2f}   {spread:13}")
        print_target(f"{max(open_):,} reports, times {LEAST:,}", median(ratios), MOST_TIMES)
    print(f"\n  {'reports':>12} {'pages of reports':>18} {'of all tables':>15}")
    for size, touched in pages.items():
        print(f"  {size:12,} {touched.reports:18} {touched.all:15}")
    print_target("pages of reports touched for both", pages[max(open_)].reports, MOST_BUFFERS)
    for connection in open_.values():
        await connection.close()


def some_partners(size: int, number: int) -> list[UUID]:
    chance = Random(SEED + number)  # noqa: S311  repeatable
    return [key_of(chance.randint(1, partners_for(size))) for _ in range(PARTNERS)]


async def seconds_of(connection: asyncpg.Connection, partners: Sequence[UUID]) -> list[float]:
    """How long each of them waits for both statements."""
    spent = []
    for partner in partners:
        asked = latest_of_both(partner)
        began = perf_counter()
        for statement in asked:
            await connection.fetchrow(statement.sql, *statement.values)
        spent.append(perf_counter() - began)
    return spent


class Statement(NamedTuple):
    """One of the two that read the latest reports, as the driver sends it."""

    sql: str
    values: Sequence[Any]


class Touched(NamedTuple):
    """How many pages a statement touched: of the reports and their index, and of all."""

    reports: int
    all: int


async def most_touched(connection: asyncpg.Connection, size: int) -> Touched:
    """The most that both statements together touched for any of some partners."""
    found = []
    for partner in some_partners(size, 0):
        own, other = [await touched_by(connection, each) for each in latest_of_both(partner)]
        found.append(Touched(own.reports + other.reports, own.all + other.all))
    return Touched(max(each.reports for each in found), max(each.all for each in found))


def latest_of_both(partner: UUID) -> tuple[Statement, Statement]:
    """The newest report of one's own, and those of both that count in this week."""
    given = {"partner": partner, "couple": couple_of(partner), "limit": 1, **COUNTING}
    own, other = (each.compiled(_DIALECT) for each in (OF_PARTNER, OF_COUPLE))
    return Statement(own.sql, own.values(given)), Statement(other.sql, other.values(given))


async def touched_by(connection: asyncpg.Connection, statement: Statement) -> Touched:
    """What PostgreSQL counts while it runs."""
    asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}"
    plan = json.loads(await connection.fetchval(asked, *statement.values))[0]["Plan"]
    return Touched(_pages_of(plan, "reports"), _pages(plan))


def _pages(plan: Mapping[str, Any]) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _pages_of(plan: Mapping[str, Any], table: str) -> int:
    # A scan's own pages leave out those of the subplan that finds the key which it looks for.
    own = _pages(plan) if plan.get("Relation Name") == table else 0
    return own + sum(_pages_of(part, table) for part in plan.get("Plans", ()))


if __name__ == "__main__":
    main()
