"""Liveness and readiness of the server, for everyone; `admin.py` says which part is not ready."""

from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from app.api.http.authentication import database_of
from app.api.http.responses import example_response
from app.api.http.routing import check_query
from app.errors import DatabaseUnavailable, NotReady
from app.store.connection.database import Database
from app.store.connection.revision import HEAD, State

router = APIRouter(tags=["service"], dependencies=[Depends(check_query)])


class Health(BaseModel):
    """The process runs."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """The server can serve requests."""

    status: Literal["ready"]


HEALTHY = {"status": "ok"}
READY = {"status": "ready"}


@router.get("/healthz", summary="Check whether the process runs", responses=example_response(HEALTHY))
async def read_health() -> Health:
    """Respond as long as the process runs, whatever the state of the database."""
    return Health(status="ok")


@router.get(
    "/readyz", summary="Check whether the server can serve requests", responses=example_response(READY, NotReady)
)
async def read_readiness(request: Request) -> Readiness:
    """Check that the database responds and is migrated to this version. The operator's own listener says which part."""
    try:
        await require_readiness(await database_of(request))
    except (NotReady, DatabaseUnavailable):
        raise NotReady from None
    return Readiness(status="ready")


async def require_readiness(database: Database) -> None:
    """Raise `NotReady` with the part that is not ready, `DatabaseUnavailable`."""
    state = await database.state()
    if state is not State.AT_HEAD:
        raise NotReady(f"The database is {state.value}; `rekindle migrate` brings it to {HEAD}.")
