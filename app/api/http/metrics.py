"""How many requests, of which route, how fast: for Prometheus, and with nothing in it about anybody."""

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.responses import PlainTextResponse, Response

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
EXAMPLE = 'rekindle_http_requests_total{method="POST",route="/v1/recommendations",status="200"} 42.0'

router = APIRouter()


class Metrics:
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
            buckets=SECONDS,
        )

        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        known = method if method in METHODS else "other"
        series = self._series.get((known, route, status)) or self._begin(known, route, status)
        series[0].inc()
        series[1].observe(seconds)

    def _begin(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Kept, because looking both up by their labels takes longer than counting."""
        series = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
        self._series[method, route, status] = series
        return series


@router.get(
    "/metrics",
    tags=["service"],
    summary="Read the counters",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": EXAMPLE}}}},
)
async def read_metrics(request: Request) -> Response:
    """How many requests of which route were answered and how fast, by this process, in the format of Prometheus."""
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
