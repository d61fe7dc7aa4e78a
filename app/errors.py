"""What can go wrong, each with its status and a stable code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Mistake:
    """One part of a request that is not as described: where it stands, what is wrong, what may stand there."""

    part: Literal["body", "query", "path", "header"]
    pointer: str
    code: str
    detail: str


class RekindleError(Exception):
    """Something a caller can understand and act on; rendered in one place as problem+json."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"
    remedy: ClassVar[str] = "Try again later. If it stays, tell the operator of this server the request id."

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.title
        super().__init__(self.detail)


class DatabaseUnavailable(RekindleError):
    """The database did not answer in time."""

    status = 503
    code = "database_unavailable"
    title = "The database does not answer at the moment"
    remedy = "Wait for as long as Retry-After says, then send the same request again."


class NotAuthenticated(RekindleError):
    """Nobody we know: the subclass says in which of five ways."""

    status = 401
    code = "credentials_missing"
    title = "This needs a key"
    remedy = "Send the header Authorization: Bearer followed by your key or token."


class CredentialsMissing(NotAuthenticated):
    """No Authorization header came with the request."""


class CredentialsMalformed(NotAuthenticated):
    """What came cannot be one of our keys, whatever the database holds."""

    code = "credentials_malformed"
    title = "This is not the form of a key"
    remedy = "Send Bearer, one space and the whole key as it was shown to you, nothing else."


class CredentialsUnknown(NotAuthenticated):
    """It has the form of a key, and nobody holds it."""

    code = "credentials_unknown"
    title = "Nobody holds this key"
    remedy = "Check that the key belongs to this server and was copied whole."


class CredentialsExpired(NotAuthenticated):
    """The key was good until the day it was made for."""

    code = "credentials_expired"
    title = "This key has expired"
    remedy = "Make a new one and use that."


class CredentialsRevoked(NotAuthenticated):
    """Its integrator took the key back."""

    code = "credentials_revoked"
    title = "This key was revoked"
    remedy = "Use another key of the same integrator, or ask for one."


class ScopeMissing(RekindleError):
    """The key is good, but not for this."""

    status = 403
    code = "scope_missing"
    title = "This key does not have the scope that this needs"
    remedy = "Use a key with the scope that the detail names."


class InternalError(RekindleError):
    """A fault of ours: nothing about your request explains it, and what it held is not in our logs."""


class MalformedRequest(RekindleError):
    """What arrived is not a complete HTTP request that this server understands."""

    status = 400
    code = "malformed_request"
    title = "The request cannot be read"
    remedy = "Check how your program or the proxy in front of it writes requests."


class MalformedJson(RekindleError):
    """The body is not JSON. The detail says at which line and column reading stopped."""

    status = 400
    code = "malformed_json"
    title = "The body is not valid JSON"
    remedy = "Let a JSON library write the body, as UTF-8."


class NotFound(RekindleError):
    """There is nothing at this path, or nothing that you may know of."""

    status = 404
    code = "not_found"
    title = "There is nothing here"
    remedy = "Compare the path with /openapi.json; the description starts at /docs."


class MethodNotAllowed(RekindleError):
    """The path exists, and does not know this method."""

    status = 405
    code = "method_not_allowed"
    title = "This path does not know this method"
    remedy = "Use one of the methods that the Allow header lists."

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(f"This path knows {', '.join(self.allowed)}.")


class BodyTooLarge(RekindleError):
    """No request needs a body as large as this one."""

    status = 413
    code = "body_too_large"
    title = "The body is too large"
    remedy = "Send one request per couple, with nothing but what the description lists."

    def __init__(self, limit: int) -> None:
        super().__init__(f"At most {limit} bytes are read.")


class UnsupportedMediaType(RekindleError):
    """Bodies are JSON, sent as such, and not compressed."""

    status = 415
    code = "unsupported_media_type"
    title = "The body is not sent as JSON"
    remedy = "Send the header Content-Type: application/json and no Content-Encoding."


class ValidationFailed(RekindleError):
    """The request can be read, but parts of it are not as described. All of them are listed at once under `errors`."""

    status = 422
    code = "validation_failed"
    title = "Parts of the request are not as they should be"
    remedy = "Go through `errors`: `in` and `pointer` say where, `code` says what, `detail` says what may stand there."

    def __init__(self, mistakes: Sequence[Mistake], total: int | None = None) -> None:
        self.mistakes = tuple(mistakes)
        count = total or len(self.mistakes)
        shown = "" if count == len(self.mistakes) else f" The first {len(self.mistakes)} are listed."
        super().__init__(f"{count} of its parts need a look.{shown}" if count > 1 else "One of its parts needs a look.")


class TooManyRequests(RekindleError):
    """The limit of requests that the operator of this server set is used up for now."""

    status = 429
    code = "too_many_requests"
    title = "Too many requests"
    remedy = "Wait for as long as Retry-After says. RateLimit-Policy names the limit, RateLimit what is left of it."

    def __init__(self, detail: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class NotReady(RekindleError):
    """The server runs, and cannot answer yet: its database or its ruleset is not in place."""

    status = 503
    code = "not_ready"
    title = "The server is not ready"
    remedy = "Wait for as long as Retry-After says. The operator finds the cause in the detail."
