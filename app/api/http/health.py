"""Liveness, readiness and metrics of the server."""

from typing import Literal

from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.responses import PlainTextResponse, Response

from app.api.http.authentication import database_of
from app.api.http.middleware import Metrics
from app.api.http.request_context import rulesets_of
from app.api.http.responses import example_response
from app.api.http.routing import check_query
from app.errors import DatabaseUnavailable, NotReady
from app.store.connection.revision import HEAD, State

router = APIRouter(tags=["service"], dependencies=[Depends(check_query)])


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
    "migration": "20261130a",
    "ruleset": {"version": "2026.11", "digest": f"sha256:{'3f' * 32}"},
}
METRICS = 'rekindle_http_requests_total{method="POST",route="/v1/recommendations",status="200"} 42.0'


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


@router.get(
    "/metrics",
    summary="Read the metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": METRICS}}}},
)
async def read_metrics(request: Request) -> Response:
    """Return the number and duration of requests by route and status, of this process, in the Prometheus format."""
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
