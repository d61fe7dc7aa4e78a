"""Whether the process runs, and whether it can answer."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.api.http.dependencies import database_of, rulesets_of
from app.api.http.problems import problems
from app.errors import DatabaseUnavailable, NotReady
from app.store.connection.revision import HEAD, State

router = APIRouter(tags=["service"])


class Health(BaseModel):
    status: Literal["ok"]


class RulesetInUse(BaseModel):
    """Which release of the content decides."""

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
    "migration": HEAD,
    "ruleset": {"version": "2026.11", "digest": f"sha256:{'3f' * 32}"},
}


def _shown(example: object) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": example}}}}


@router.get("/healthz", summary="Ask whether the process runs", responses=_shown(HEALTHY))
async def read_health() -> Health:
    """Answers as long as the process does, whatever the state of the database."""
    return Health(status="ok")


@router.get(
    "/readyz",
    summary="Ask whether the server can answer",
    responses={**_shown(READY), **problems(NotReady, DatabaseUnavailable)},
)
async def read_readiness(request: Request) -> Readiness:
    """The database answers and its tables are the ones that this version knows; which ruleset decides."""
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
