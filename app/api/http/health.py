"""Liveness and readiness of the server."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.api.http.authentication import database_of
from app.api.http.request_context import rulesets_of
from app.api.http.responses import example_response
from app.errors import DatabaseUnavailable, NotReady
from app.store.connection.revision import HEAD, State

router = APIRouter(tags=["service"])


class Health(BaseModel):
    status: Literal["ok"]


class RulesetInUse(BaseModel):
    """The version and digest of the ruleset in force."""

    version: str
    digest: str


class Readiness(BaseModel):
    status: Literal["ready"]
    database: Literal["at head"]
    migration: str
    ruleset: RulesetInUse


HEALTHY = {"status": "ok"}
READY = {
    "status": "ready",
    "database": "at head",
    "migration": "20261123c",
    "ruleset": {"version": "2026.11", "digest": f"sha256:{'3f' * 32}"},
}


@router.get("/healthz", summary="Check whether the process runs", responses=example_response(HEALTHY))
async def read_health() -> Health:
    """Respond as long as the process runs, whatever the state of the database."""
    return Health(status="ok")


@router.get(
    "/readyz",
    summary="Check whether the server can serve requests",
    responses=example_response(READY, NotReady, DatabaseUnavailable),
)
async def read_readiness(request: Request) -> Readiness:
    """Check that the database responds and is migrated to this version, and return the ruleset in force."""
    state = await database_of(request).state()
    if state is not State.AT_HEAD:
        raise NotReady(f"The database is {state.value}; `rekindle migrate` brings it to {HEAD}.")
    ruleset = rulesets_of(request).current
    return Readiness(
        status="ready",
        database="at head",
        migration=HEAD,
        ruleset=RulesetInUse(version=ruleset.version, digest=ruleset.digest),
    )
