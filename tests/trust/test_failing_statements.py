"""Every statement of every stored operation, failing in every way, on both databases."""

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.reliability.conftest import engine, scene, storage, without_maintenance
from tests.reliability.faults import FAULTS, failing_at_each, listening
from tests.reliability.scene import Scene, ask_for, stored_operations
from tests.reliability.storage import Storage

__all__ = ["engine", "scene", "storage", "without_maintenance"]


def test_every_statement_may_fail_in_every_way(
    scene: Scene, stored_app: FastAPI, storage: Storage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, tried = [], 0
    beginning = storage.rows()
    with listening(engine, monkeypatch) as spoiler:
        for operation in stored_operations(stored_app):
            for fault in FAULTS[engine.dialect.name]:
                count, found = failing_at_each(ask_for(scene, operation), spoiler, storage, [fault])
                storage.put_back(beginning)
                tried += count
                wrong += [f"{operation.label} {one}" for one in found]
    print(tried, "failures on", engine.dialect.name)  # noqa: T201
    assert not wrong, "\n".join(wrong)
