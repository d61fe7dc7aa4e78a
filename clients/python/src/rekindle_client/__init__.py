"""A typed client for the Rekindle API."""

from .client import AsyncClient, Client
from .errors import ConnectionFailed, ProblemError, RekindleError, RequestTimedOut
from .generated import problems, schemas

__all__ = [
    "AsyncClient",
    "Client",
    "ConnectionFailed",
    "ProblemError",
    "RekindleError",
    "RequestTimedOut",
    "problems",
    "schemas",
]
