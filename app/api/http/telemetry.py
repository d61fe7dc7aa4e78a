"""Request metrics for Prometheus and structured logs, by route template, without anything personal."""

import logging
import sys
import traceback
from functools import cache
from typing import Literal

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import iter_route_contexts
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope
from structlog.typing import EventDict, Processor

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
SERVER_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
EXAMPLE = 'rekindle_http_requests_total{method="POST",route="/v1/recommendations",status="200"} 42.0'
UNMATCHED = "unmatched"

router = APIRouter()


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "rekindle_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "rekindle_http_request_seconds",
            "How long the answers took.",
            ["method", "route"],
            registry=self.registry,
            buckets=BUCKETS_SECONDS,
        )
        # Looking a series up by its labels takes longer than counting.
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        # A method is the caller's text: without this, each invented one would add a series.
        label = method if method in METHODS else "other"
        series = self._series.get((label, route, status)) or self._add_series(label, route, status)
        series[0].inc()
        series[1].observe(seconds)

    def _add_series(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        series = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
        self._series[method, route, status] = series
        return series


@router.get(
    "/metrics",
    tags=["service"],
    summary="Read the metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": EXAMPLE}}}},
)
async def read_metrics(request: Request) -> Response:
    """Return the number and duration of requests by route and status, of this process, in the Prometheus format."""
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def install_route_templates(app: FastAPI) -> None:
    """Make `route_template` work for `app`: a route by itself does not know the prefixes of its routers."""

    @cache
    def templates() -> dict[int, str]:
        return {id(context.original_route): context.path or UNMATCHED for context in iter_route_contexts(app.routes)}

    app.state.templates = templates


def route_template(scope: Scope) -> str:
    """Return the path of the matched route as the OpenAPI document spells it, such as `/v1/couples/{couple_id}`."""
    route = scope.get("route")
    if route is None:
        return UNMATCHED
    template: str = scope["app"].state.templates().get(id(route), UNMATCHED)
    return template


def configure_logs(level: str, form: Literal["json", "console"]) -> None:
    """Send our own log lines and those of the libraries to standard output in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = structlog.processors.JSONRenderer() if form == "json" else _console_renderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _without_values],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=LEVELS[level], force=True)
    for name in SERVER_LOGGERS:
        server = logging.getLogger(name)
        server.handlers, server.propagate = [], name != "uvicorn.access"


def _console_renderer() -> Processor:
    return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())


def _without_values(_: object, __: str, event: EventDict) -> EventDict:
    # The message of an exception may quote an answer or a statement's parameter; its type and place do not.
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"] = describe_error(error)
    return event


def describe_error(error: BaseException) -> list[str]:
    """Return the types and places of an error and its causes, the first cause last, without any value."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)
        lines += [type(cause).__qualname__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
        cause = cause.__cause__ or cause.__context__
    return lines
