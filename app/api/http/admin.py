"""What operators alone read: the metrics, and which part of the server is not ready. It has a listener of its own."""

from contextlib import suppress
from typing import Literal

from fastapi import FastAPI, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.datastructures import State
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.http.fields import Shape
from app.api.http.health import readiness_of
from app.api.http.middleware import Metrics
from app.api.http.problems import install_error_handlers
from app.api.http.request_context import rulesets_of
from app.errors import DatabaseUnavailable
from app.store.connection.revision import HEAD


class RulesetInUse(Shape):
    """The version and digest of the ruleset in force."""

    version: str
    digest: str


class Parts(Shape):
    """The parts of a server that is ready."""

    status: Literal["ready"]
    database: str
    migration: str
    ruleset: RulesetInUse


def create_admin(state: State) -> FastAPI:
    """Return the application of the admin listener, with the state of the one that it reports on."""
    admin = FastAPI(openapi_url=None)
    admin.state = state
    install_error_handlers(admin)
    admin.add_api_route("/metrics", read_metrics)
    admin.add_api_route("/readyz", read_parts)
    return admin


async def read_metrics(request: Request) -> Response:
    """Return the requests by route and status, of all workers, and the age of maintenance, in the Prometheus format."""
    metrics: Metrics = request.app.state.metrics
    # Requests are counted also while the database is away.
    with suppress(DatabaseUnavailable):
        metrics.maintained_ago = await readiness_of(request).seconds_since_maintenance()
    return Response(metrics.expose(), media_type=CONTENT_TYPE_LATEST)


async def read_parts(request: Request) -> Parts:
    """Return the state of every part. Raises `NotReady` with the part that is not, `DatabaseUnavailable`."""
    state = await readiness_of(request).require()
    ruleset = rulesets_of(request).current
    used = RulesetInUse(version=ruleset.version, digest=ruleset.digest)
    return Parts(status="ready", database=state.value, migration=HEAD, ruleset=used)


class AdminByPort:
    """Leads what comes in at the admin listener to its own application, and all else to the public one."""

    def __init__(self, app: ASGIApp, *, admin: ASGIApp, port: int) -> None:
        self.app = app
        self.admin = admin
        self.port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The port that the connection came in at, whatever a Host header says.
        is_admin = scope["type"] == "http" and scope["server"][1] == self.port
        await (self.admin if is_admin else self.app)(scope, receive, send)
