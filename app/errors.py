"""Errors with a status and a stable code, and their pages for developers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Part = Literal["body", "query", "path", "header"]

# Enough to mend a request by; a meaningless body could cause a mistake for every ten of its bytes.
MAX_LISTED = 100

_INNER_CAPITAL = re.compile("(?<=.)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class FieldError:
    """A part of a request that is not valid: its place, the code of the mistake and the values allowed."""

    part: Part
    pointer: str
    code: str
    detail: str


class RekindleError(Exception):
    """An error that a client can act on, sent as `application/problem+json`.

    A subclass with a title is a problem of its own: its code is its name in lower case, its docstring the meaning on
    the page of the problem, `remedy` the advice there. One without a title is sent as the class above it.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal server error"
    remedy: ClassVar[str] = "Try again later. If it persists, report the request id to the operator of this server."

    def __init_subclass__(cls, status: int | None = None, title: str | None = None) -> None:
        cls.status = status or cls.status
        if title:
            cls.title, cls.code = title, _INNER_CAPITAL.sub("_", cls.__name__).lower()

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.title
        super().__init__(self.detail)


class DatabaseUnavailable(RekindleError, status=503, title="The database is unavailable"):
    """The database did not respond in time."""

    remedy = "Wait for the time in Retry-After, then repeat the request."


class TookTooLong(RekindleError, status=503, title="The request took too long"):
    """The request was not answered within the time that a request has, which includes the sending of its body."""

    remedy = "Wait for the time in Retry-After, then repeat the request; send its body without a pause."


class NotAuthenticated(RekindleError, status=401):
    """Authentication failed; see subclasses."""


class CredentialsMissing(NotAuthenticated, title="A key or token is required"):
    """The request has no Authorization header."""

    remedy = "Send the header Authorization: Bearer followed by your key or token."


class CredentialsMalformed(NotAuthenticated, title="The credentials are malformed"):
    """The credentials do not have the form of a key or token."""

    remedy = "Send Bearer, one space and the whole key or token as it was returned, nothing else."


class CredentialsUnknown(NotAuthenticated, title="The key or token is unknown"):
    """The key or token is well-formed and unknown to this server."""

    remedy = "Check that it is of this server and was copied whole."


class CredentialsExpired(NotAuthenticated, title="The key or token has expired"):
    """The lifetime of the key or token has ended."""

    remedy = "Create a new one."


class CredentialsRevoked(NotAuthenticated, title="The key or token was revoked"):
    """The key or token was revoked by its integrator or its partner."""

    remedy = "Use another key of the integrator, or request a new token."


class ScopeMissing(RekindleError, status=403, title="The key lacks the required scope"):
    """The key is valid and lacks the scope of this operation."""

    remedy = "Use a key with the scope named in the detail."


class TokenNeeded(RekindleError, status=403, title="A partner token is required, not a key"):
    """The operation is for a partner's own token; the request came with an integrator's key."""

    remedy = "Create a token for the partner in the back end of your app, and send it."


class KeyNeeded(RekindleError, status=403, title="An integrator's key is required, not a token"):
    """The operation is for an integrator's key; the request came with a partner's token."""

    remedy = "Call the operation from the back end of your app, with its key."


class ConsentRequired(RekindleError, status=403, title="The partner has not given consent"):
    """The partner has not granted the consent that this operation needs, or has withdrawn it."""

    remedy = "Show the text from /v1/me/consents to the partner, and put their decision there."


class PassphraseRefused(RekindleError, status=403, title="The passphrase was refused"):
    """The passphrase is wrong, none is set, or too many attempts failed; the response does not tell which."""

    remedy = "Try again with the passphrase that was set, later if several attempts failed."


class InternalError(RekindleError, title="Internal server error"):
    """A fault of the server. The content of the request is not logged."""


class MalformedRequest(RekindleError, status=400, title="The request cannot be read"):
    """The bytes received are not a complete HTTP request."""

    remedy = "Check the HTTP client and any proxy in front of the server."


class MalformedJson(RekindleError, status=400, title="The body is not valid JSON"):
    """The body is not JSON. The detail has the line and column at which parsing stopped."""

    remedy = "Write the body with a JSON library, in UTF-8."


class NotFound(RekindleError, status=404, title="Not found"):
    """No resource is at this path, or none that the caller may know of."""

    remedy = "Compare the path with /openapi.json or the documentation at /docs."


class InvitationNotFound(NotFound, title="The invitation does not work"):
    """The code is unknown, used or expired; the response does not tell which."""

    remedy = "Request a new invitation."


class NoReport(NotFound, title="The partner has no report yet"):
    """The partner has no report yet, so there is no view."""

    remedy = "Post a report to /v1/me/reports."


class ExternalIdTaken(RekindleError, status=409, title="The external_id belongs to a partner with other fields"):
    """Another partner has this `external_id` and differs in other fields."""

    remedy = "Send the same fields to get the existing partner, or another external_id to create one."


class NotLinked(RekindleError, status=409, title="The partner is not linked"):
    """Consent to pooling is given for one link, and the partner has none."""

    remedy = "Accept an invitation first."


class OtherConsentText(RekindleError, status=409, title="The consent text has another version now"):
    """The version sent is not the one of the current text."""

    remedy = "Show the current text from /v1/me/consents to the partner, and send its version."


class TooManyYeses(RekindleError, status=409, title="Twelve choices of yes are open"):
    """Twelve choices of `yes` are open: a yes to everything would reveal the choices of the other partner."""

    remedy = "Delete one of them, or wait until one lapses: /v1/me/choices has when."


class TooManyKeys(RekindleError, status=409, title="Two keys are active"):
    """Two keys of this mode are active, which is enough to rotate them."""

    remedy = "Revoke one of them first."


class TooManyInvitations(RekindleError, status=409, title="Too many invitations of the couple are open"):
    """As many invitations of this couple are open as this server allows: five, unless its operator changed that."""

    remedy = "Use one of them, or wait until one expires, which takes seven days."


class TooManyTokens(RekindleError, status=409, title="Too many tokens of the partner are active"):
    """As many tokens of this partner work as this server allows: twenty, unless its operator changed that."""

    remedy = "Keep a token until it expires, or revoke one that is no longer used."


class RulesetGone(RekindleError, status=409, title="The ruleset of this decision is not on this server"):
    """The ruleset of the decision is not on this server, and no other may replay it."""

    remedy = "Ask the operator to restore the release, or read the current view at /v1/me/view."


class FormatRetired(RekindleError, status=409, title="The format of this decision is retired"):
    """The decision was stored in a format that this version no longer reads, so it cannot be replayed."""

    remedy = "Read the current view at /v1/me/view."


class StillRunning(RekindleError, status=409, title="The first request with this Idempotency-Key is still running"):
    """The first request with this Idempotency-Key has not finished."""

    remedy = "Wait for the time in Retry-After, then repeat the request."


class OtherVersion(RekindleError, status=412, title="The resource has changed"):
    """The resource has changed since the version in If-Match; nothing was changed."""

    remedy = "Read the resource again, and send its new ETag as If-Match."


class VersionNeeded(RekindleError, status=428, title="If-Match is required"):
    """The request has no If-Match header, which this operation requires: two clients may change the resource."""

    remedy = "Send the ETag of the version that you read as If-Match."


class HeadersTooLarge(RekindleError, status=431, title="The path or the headers are too large"):
    """The path with its query, or the headers, have more bytes or lines than this server reads."""

    remedy = "Send fewer and shorter headers: up to 100, and 32 KiB of them with the path."


class TooManyConnections(RekindleError, status=503, title="The server has too many connections"):
    """The server has as many open connections as it keeps at a time."""

    remedy = "Wait for the time in Retry-After, then repeat the request, on a connection that you keep."


class MethodNotAllowed(RekindleError, status=405, title="Method not allowed"):
    """The path exists and does not support this method."""

    remedy = "Use a method from the Allow header."

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(f"This path supports {', '.join(self.allowed)}.")


class BodyTooLarge(RekindleError, status=413, title="The body is too large"):
    """The body is larger than the limit of this server."""

    remedy = "Send one couple per request, with documented fields alone."

    def __init__(self, limit: int) -> None:
        super().__init__(f"The limit is {limit} bytes.")


class UnsupportedMediaType(RekindleError, status=415, title="The body is not declared as JSON"):
    """The body is not declared as JSON, or is compressed."""

    remedy = "Send the header Content-Type: application/json and no Content-Encoding."

    def __init__(self, *, is_json: bool, is_encoded: bool) -> None:
        """Say which of the two headers is wrong, or both.

        `accepted` holds the headers of the response that tell what is read. RFC 9110, 12.5.3 wants no
        `Accept-Encoding` where the coding is not at fault.
        """
        declared = () if is_json else ("The header has to be Content-Type: application/json.",)
        coding = ("Leave out the header Content-Encoding and send the body as it is.",) if is_encoded else ()
        self.accepted = {} if is_json else {"Accept": "application/json"}
        if is_encoded:
            self.accepted["Accept-Encoding"] = "identity"
        super().__init__(" ".join((*declared, *coding)))


class ValidationFailed(RekindleError, status=422, title="Parts of the request are not valid"):
    """Parts of the request are not valid. `errors` lists them at once."""

    remedy = "Correct every entry of `errors`: `in` and `pointer` are its place, `detail` the values allowed."

    def __init__(self, mistakes: Sequence[FieldError], total: int | None = None) -> None:
        self.mistakes = tuple(mistakes[:MAX_LISTED])
        self.total = total or len(mistakes)
        listed = "" if self.total == len(self.mistakes) else f" The first {len(self.mistakes)} are listed."
        super().__init__(f"{self.total} parts are not valid.{listed}" if self.total > 1 else "One part is not valid.")


class IdempotencyKeyReused(RekindleError, status=422, title="The Idempotency-Key belongs to another request"):
    """The Idempotency-Key was used for another request within 24 hours."""

    remedy = "Use a new key for a new request, and the same key only to repeat a request."


class TooManyRequests(RekindleError, status=429, title="Too many requests"):
    """The rate limit of this server is exhausted for the moment."""

    remedy = "Wait for the time in Retry-After. RateLimit-Policy has the limit, RateLimit the rest of it."

    def __init__(self, detail: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class NotReady(RekindleError, status=503, title="The server is not ready"):
    """The server runs and cannot serve requests yet: its database or its ruleset is not in place."""

    remedy = "Wait for the time in Retry-After. The detail has the cause, for the operator."
