"""What can go wrong in a call."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from .generated.schemas import Mistake, Problem


class RekindleError(Exception):
    """Raised by a call that brought no answer."""


class ConnectionFailed(RekindleError):
    """Raised when no answer came: no network, a server that is not there, or a connection that broke."""


class RequestTimedOut(ConnectionFailed):
    """Raised when no answer came in time."""


class ProblemError(RekindleError):
    """Raised when the server answers with a problem (RFC 9457).

    Each code that is known has a class of its own, such as `NoReport`; a new code comes as a `ProblemError`.
    """

    def __init__(self, problem: "Problem", retry_after: float | None) -> None:
        super().__init__(problem.get("detail") or problem["title"])
        self.problem = problem
        self.retry_after = retry_after
        """The seconds after which to try again, where the server says so."""

    @property
    def code(self) -> str:
        return self.problem["code"]

    @property
    def status(self) -> int:
        return self.problem["status"]

    @property
    def mistakes(self) -> "list[Mistake]":
        """Every mistake in the request, with a JSON pointer each; empty for other problems."""
        return self.problem.get("errors", [])


def problem_of(response: httpx2.Response, kinds: Mapping[str, type[ProblemError]]) -> ProblemError:
    """Return the response as a problem; one that is none becomes one with the code `http_<status>`."""
    problem = _read(response) or _unnamed(response)
    kind = kinds.get(problem["code"], ProblemError)
    return kind(problem, _seconds_of(response.headers.get("retry-after")))


def _read(response: httpx2.Response) -> Any:
    try:
        told = response.json()
    except ValueError:
        return None
    return told if isinstance(told, dict) and {"code", "title", "status"} <= told.keys() else None


def _unnamed(response: httpx2.Response) -> "Problem":
    title = response.reason_phrase or f"The server answered {response.status_code}"
    return {
        "type": "about:blank",
        "title": title,
        "status": response.status_code,
        "detail": title,
        "code": f"http_{response.status_code}",
        "request_id": response.headers.get("x-request-id", ""),
    }


def _seconds_of(header: str | None) -> float | None:
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
