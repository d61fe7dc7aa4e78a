"""Databases that fail at a moment of our choosing: a statement that breaks, a commit that is refused.

The failures are real ones: the database itself refuses, so that its transaction is as broken as it would be.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import asyncpg
import pytest
from asyncpg.transaction import Transaction
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from tests.reliability.scene import Asked
from tests.reliability.storage import Storage, differing

Fault = Literal["passing", "lasting", "lost"]

SPOILT: dict[tuple[str, Fault], str] = {
    ("sqlite", "passing"): "SELECT json('{')",
    ("sqlite", "lasting"): "SELECT ?",
    ("postgresql", "passing"): "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57014'; END $$",
    ("postgresql", "lasting"): "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX000'; END $$",
    ("postgresql", "lost"): "SELECT pg_terminate_backend(pg_backend_pid())",
}
STATUS: dict[Fault, int] = {"passing": 503, "lasting": 500, "lost": 503}
FAULTS: dict[str, tuple[Fault, ...]] = {"sqlite": ("passing", "lasting"), "postgresql": ("passing", "lasting", "lost")}
CHANGES = ("INSERT", "UPDATE", "DELETE")


class Spoiler:
    """Counts the statements of an engine; while armed, one of them is another one, which fails."""

    def __init__(self, engine: Engine) -> None:
        self.seen: list[str] = []
        self._engine = engine
        self._at: int | None = None
        self._sql = ""
        self._spoils_fetch = False

    def arm(self, at: int | None, fault: Fault = "passing") -> None:
        self.seen, self._at = [], at
        self._sql = SPOILT[self._engine.dialect.name, fault]

    def hear(self, *heard: Any) -> tuple[str, Any]:
        _, cursor, statement, parameters, _, is_many = heard
        number = len(self.seen)
        self.seen.append(statement)
        if number != self._at:
            return statement, parameters
        # Without a cursor the driver itself sends the statement (connection/prepared_statement.py), right after this.
        self._spoils_fetch = cursor is None
        return self._sql, [()] if is_many else ()

    async def fetch(self, connection: Any, sql: str, *values: Any) -> Any:
        if self._spoils_fetch:
            self._spoils_fetch = False
            return await connection.execute(self._sql)
        return await _fetch(connection, sql, *values)


_fetch = asyncpg.Connection.fetch
_commit = Transaction.commit


@contextmanager
def listening(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Generator[Spoiler]:
    spoiler = Spoiler(engine)
    hear = spoiler.hear

    async def fetch(connection: Any, sql: str, *values: Any, **_: Any) -> Any:
        return await spoiler.fetch(connection, sql, *values)

    event.listen(engine, "before_cursor_execute", hear, retval=True)
    with monkeypatch.context() as patch:
        patch.setattr(asyncpg.Connection, "fetch", fetch)
        yield spoiler
    event.remove(engine, "before_cursor_execute", hear)


@contextmanager
def commits_refused(storage: Storage, engine: Engine) -> Generator[None]:
    """Whatever changes a row breaks a constraint that is looked at when the transaction is committed, not before."""
    on_postgresql = engine.dialect.name == "postgresql"
    refuse = "INSERT INTO impossible VALUES (1)"
    does = "EXECUTE FUNCTION refuse()" if on_postgresql else f"BEGIN {refuse}; END"
    triggers = [(f"refuse_{name}_{change}", name, change) for name in storage.rows() for change in CHANGES]
    storage.run(
        "CREATE TABLE nowhere (number INTEGER PRIMARY KEY)",
        "CREATE TABLE impossible (number INTEGER REFERENCES nowhere (number) DEFERRABLE INITIALLY DEFERRED)",
        *[f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; RETURN NULL; END $$"]
        * on_postgresql,
        *[
            f"CREATE TRIGGER {trigger} AFTER {change} ON {name} FOR EACH ROW {does}"
            for trigger, name, change in triggers
        ],
        *["GRANT ALL ON impossible, nowhere TO PUBLIC"] * on_postgresql,
    )
    try:
        yield
    finally:
        storage.run(
            *[f"DROP TRIGGER {trigger}{f' ON {name}' if on_postgresql else ''}" for trigger, name, _ in triggers],
            "DROP TABLE impossible",
            "DROP TABLE nowhere",
            *["DROP FUNCTION refuse()"] * on_postgresql,
        )


@contextmanager
def commits_unanswered(_storage: Storage, engine: Engine) -> Generator[None]:
    """The database goes away when it is to commit."""

    def refuse(_connection: object) -> None:
        raise OperationalError("COMMIT", None, ConnectionError("gone"))

    async def go_away(transaction: Any) -> None:
        transaction._connection.terminate()
        await _commit(transaction)

    event.listen(engine, "commit", refuse)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Transaction, "commit", go_away)
            yield
    finally:
        event.remove(engine, "commit", refuse)


def failing_at_each(asked: Asked, spoiler: Spoiler, storage: Storage, faults: Sequence[Fault]) -> tuple[int, list[str]]:
    """How many statements there are, and what was not as it should be where one of them failed."""
    before = storage.rows()
    spoiler.arm(None)
    assert asked.send().is_success, asked
    statements = spoiler.seen
    changed = differing(before, storage.rows())
    wrong = []
    for number, statement in enumerate(statements):
        if changed:
            storage.put_back(before)
        fault = faults[number % len(faults)]
        spoiler.arm(number, fault)
        refused = asked.send()
        left = differing(before, storage.rows())
        spoiler.arm(None)
        accepted = asked.send()
        then = differing(before, storage.rows())
        is_polite = ("retry-after" in refused.headers) == (refused.status_code == STATUS["passing"])
        if (refused.status_code, left, is_polite) != (STATUS[fault], [], True):
            wrong.append(f"answered {refused.status_code}, left {left} after {fault} at {number}: {statement[:200]}")
        if not accepted.is_success or then != changed:
            wrong.append(f"was {accepted.status_code}, {then} in place of {changed}, after {fault} at {number}")
    return len(statements), wrong
