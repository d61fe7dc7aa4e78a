"""Whether the process runs, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from app.api.deps import database_of, rulesets_of
from app.api.problems import problems
from app.errors import DatabaseUnavailable, NotReady
from app.store.revision import HEAD, State

router = APIRouter(tags=["service"])


class Health(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"]


class RulesetInUse(BaseModel):
    """Which release of the content decides."""

    version: str
    digest: str


class Readiness(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "database": "at head",
                    "migration": HEAD,
                    "ruleset": {"version": "2026.11.0", "digest": f"sha256:{'3f' * 32}"},
                }
            ]
        }
    )

    status: Literal["ready"]
    database: Literal["at head"]
    migration: str
    ruleset: RulesetInUse


@router.get("/healthz", summary="Ask whether the process runs")
async def read_health() -> Health:
    """Answers as long as the process does, whatever the state of the database."""
    return Health(status="ok")


@router.get("/readyz", summary="Ask whether the server can answer", responses=problems(NotReady, DatabaseUnavailable))
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
