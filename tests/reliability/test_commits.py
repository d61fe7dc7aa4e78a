"""What was answered is committed: while no commit succeeds, no request that changes something is answered with 2xx."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import Engine

from tests.client import TestClient
from tests.reliability.faults import commits_refused, commits_unanswered
from tests.reliability.scene import Scene, ask_for, stored_operations
from tests.reliability.storage import Storage, differing

Refusing = Callable[[Storage, Engine], AbstractContextManager[None]]


REFUSING: list[tuple[Refusing, int]] = [(commits_refused, 500), (commits_unanswered, 503)]


def test_nothing_is_acknowledged_that_was_not_committed(
    scene: Scene, stored_app: FastAPI, storage: Storage, engine: Engine
) -> None:
    wrong, writing = [], 0
    beginning = storage.rows()
    for operation in stored_operations(stored_app):
        asked = ask_for(scene, operation)
        before = storage.rows()
        assert asked.send().is_success, operation.label
        changed = differing(before, storage.rows())
        writing += bool(changed)
        for refusing, status in REFUSING if changed else ():
            storage.put_back(before)
            with refusing(storage, engine):
                refused = asked.send()
                left = differing(before, storage.rows())
            said = refused.status_code, left, asked.send().is_success, differing(before, storage.rows())
            if said != (status, [], True, changed):
                wrong.append((operation.label, refusing.__name__, said))
        storage.put_back(beginning)
    assert not wrong
    assert writing > 15


class NotCommitted(Exception):
    """What the database says to COMMIT."""


async def transaction() -> AsyncGenerator[None]:
    yield
    raise NotCommitted


Usual = Annotated[None, Depends(transaction)]
Ours = Annotated[None, Depends(transaction, scope="function")]


def test_the_scope_that_is_usual_would_acknowledge_it() -> None:
    app = FastAPI()

    @app.post("/usual", status_code=201)
    async def post_as_usual(_: Usual) -> None: ...

    @app.post("/ours", status_code=201)
    async def post_as_here(_: Ours) -> None: ...

    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.post("/usual").status_code == 201
        assert client.post("/ours").status_code == 500
