"""Liveness and readiness of the server, for everyone; `admin.py` says which part is not ready."""

from typing import Literal

from fastapi import Depends, Request

from app.api.http.fields import Shape
from app.api.http.responses import example_response
from app.api.http.routing import ResourceRouter, check_query
from app.errors import DatabaseUnavailable, NotReady
from app.service.readiness import ReadinessProbe

router = ResourceRouter(tags=["service"], dependencies=[Depends(check_query)])


class Health(Shape):
    """The process runs."""

    status: Literal["ok"]


class Readiness(Shape):
    """The server can serve requests."""

    status: Literal["ready"]


@router.get("/healthz", summary="Check whether the process runs", responses=example_response({"status": "ok"}))
async def read_health() -> Health:
    """Respond as long as the process runs, whatever the state of the database."""
    return Health(status="ok")


@router.get(
    "/readyz",
    summary="Check whether the server can serve requests",
    responses=example_response({"status": "ready"}, NotReady),
)
async def read_readiness(request: Request) -> Readiness:
    """Check the database, its version, role and keys. The operator's own listener says which part is not ready.

    It is found out at most once a second.
    """
    try:
        await readiness_of(request).require()
    except (NotReady, DatabaseUnavailable):
        raise NotReady from None
    return Readiness(status="ready")


def readiness_of(request: Request) -> ReadinessProbe:
    readiness: ReadinessProbe = request.app.state.readiness
    return readiness
