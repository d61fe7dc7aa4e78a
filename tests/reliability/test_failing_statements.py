"""Every statement of every stored operation may fail, and nothing is left half done or broken."""

from contextlib import suppress
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from app.store.queries import audit as stored_audit
from tests.reliability.faults import FAULTS, failing_at_each, listening
from tests.reliability.scene import Asked, Scene, ask_for, stored_operations
from tests.reliability.storage import Storage


@pytest.mark.parametrize(
    "database_url", [pytest.param("sqlite", marks=pytest.mark.thorough), "postgresql"], indirect=True
)
def test_every_statement_may_fail(
    scene: Scene, stored_app: FastAPI, storage: Storage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of a change once, in one of the ways of failing in turn; `make trust` has each of all fail in each way."""
    wrong, tried = [], 0
    beginning = storage.rows()
    with listening(engine, monkeypatch) as spoiler:
        for operation in stored_operations(stored_app):
            if operation.method != "GET":
                count, found = failing_at_each(ask_for(scene, operation), spoiler, storage, FAULTS[engine.dialect.name])
                storage.put_back(beginning)
                tried += count
                wrong += [f"{operation.label} {one}" for one in found]
    assert not wrong, "\n".join(wrong)
    assert tried > 200


def test_an_error_that_is_swallowed_would_be_found(
    scene: Scene, storage: Storage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(scene.integrator, "POST", "/v1/partners", {"adult": True})
    add = stored_audit.append

    async def add_or_go_on(*given: Any, **event: Any) -> None:
        with suppress(DBAPIError):
            await add(*given, **event)

    with listening(engine, monkeypatch) as spoiler:
        assert failing_at_each(asked, spoiler, storage, ["passing"])[1] == []

        monkeypatch.setattr(stored_audit, "append", add_or_go_on)
        _, wrong = failing_at_each(asked, spoiler, storage, ["passing"])

    assert any("answered 201" in line for line in wrong)
