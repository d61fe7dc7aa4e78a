"""Errors with a status and a stable code, and their pages for developers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Part = Literal["body", "query", "path", "header"]


@dataclass(frozen=True, slots=True)
class FieldError:
    """A part of a request that is not valid: its place, the code of the mistake and the values allowed."""

    part: Part
    pointer: str
    code: str
    detail: str


class RekindleError(Exception):
    """An error that a client can act on, sent as `application/problem+json`.

    The docstring of a subclass is its meaning on the page of the problem, `remedy` the advice there.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal server error"
    remedy: ClassVar[str] = "Try again later. If it persists, report the request id to the operator of this server."

    def __init_subclass__(cls, status: int | None = None, code: str | None = None) -> None:
        """Set the status and the code of a class of errors; what is left out is as in the class above it."""
        cls.status, cls.code = status or cls.status, code or cls.code

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.title
        super().__init__(self.detail)


class DatabaseUnavailable(RekindleError, status=503, code="database_unavailable"):
    """The database did not respond in time."""

    title = "The database is unavailable"
    remedy = "Wait for the time in Retry-After, then repeat the request."


class NotAuthenticated(RekindleError, status=401, code="credentials_missing"):
    """Authentication failed; see subclasses."""

    title = "A key or token is required"
    remedy = "Send the header Authorization: Bearer followed by your key or token."


class CredentialsMissing(NotAuthenticated):
    """The request has no Authorization header."""


class CredentialsMalformed(NotAuthenticated, code="credentials_malformed"):
    """The credentials do not have the form of a key or token."""

    title = "The credentials are malformed"
    remedy = "Send Bearer, one space and the whole key or token as it was returned, nothing else."


class CredentialsUnknown(NotAuthenticated, code="credentials_unknown"):
    """The key or token is well-formed and unknown to this server."""

    title = "The key or token is unknown"
    remedy = "Check that it is of this server and was copied whole."


class CredentialsExpired(NotAuthenticated, code="credentials_expired"):
    """The lifetime of the key or token has ended."""

    title = "The key or token has expired"
    remedy = "Create a new one."


class CredentialsRevoked(NotAuthenticated, code="credentials_revoked"):
    """The key or token was revoked by its integrator or its partner."""

    title = "The key or token was revoked"
    remedy = "Use another key of the integrator, or request a new token."


class ScopeMissing(RekindleError, status=403, code="scope_missing"):
    """The key is valid and lacks the scope of this operation."""

    title = "The key lacks the required scope"
    remedy = "Use a key with the scope named in the detail."


class TokenNeeded(RekindleError, status=403, code="token_needed"):
    """The operation is for a partner's own token; the request came with an integrator's key."""

    title = "A partner token is required, not a key"
    remedy = "Create a token for the partner in the back end of your app, and send it."


class KeyNeeded(RekindleError, status=403, code="key_needed"):
    """The operation is for an integrator's key; the request came with a partner's token."""

    title = "An integrator's key is required, not a token"
    remedy = "Call the operation from the back end of your app, with its key."


class ConsentRequired(RekindleError, status=403, code="consent_required"):
    """The partner has not granted the consent that this operation needs, or has withdrawn it."""

    title = "The partner has not given consent"
    remedy = "Show the text from /v1/me/consents to the partner, and put their decision there."


class PassphraseRefused(RekindleError, status=403, code="passphrase_refused"):
    """The passphrase is wrong, none is set, or too many attempts failed; the response does not tell which."""

    title = "The passphrase was refused"
    remedy = "Try again with the passphrase that was set, later if several attempts failed."


class InternalError(RekindleError):
    """A fault of the server. The content of the request is not logged."""


class MalformedRequest(RekindleError, status=400, code="malformed_request"):
    """The bytes received are not a complete HTTP request."""

    title = "The request cannot be read"
    remedy = "Check the HTTP client and any proxy in front of the server."


class MalformedJson(RekindleError, status=400, code="malformed_json"):
    """The body is not JSON. The detail has the line and column at which parsing stopped."""

    title = "The body is not valid JSON"
    remedy = "Write the body with a JSON library, in UTF-8."


class NotFound(RekindleError, status=404, code="not_found"):
    """No resource is at this path, or none that the caller may know of."""

    title = "Not found"
    remedy = "Compare the path with /openapi.json or the documentation at /docs."


class InvitationNotFound(NotFound, code="invitation_not_found"):
    """The code is unknown, used or expired; the response does not tell which."""

    title = "The invitation does not work"
    remedy = "Request a new invitation."


class NoReport(NotFound, code="no_report"):
    """The partner has no report yet, so there is no view."""

    title = "The partner has no report yet"
    remedy = "Post a report to /v1/me/reports."


class ExternalIdTaken(RekindleError, status=409, code="external_id_taken"):
    """Another partner has this `external_id` and differs in other fields."""

    title = "The external_id belongs to a partner with other fields"
    remedy = "Send the same fields to get the existing partner, or another external_id to create one."


class NotLinked(RekindleError, status=409, code="not_linked"):
    """Consent to pooling is given for one link, and the partner has none."""

    title = "The partner is not linked"
    remedy = "Accept an invitation first."


class OtherConsentText(RekindleError, status=409, code="other_consent_text"):
    """The version sent is not the one of the current text."""

    title = "The consent text has another version now"
    remedy = "Show the current text from /v1/me/consents to the partner, and send its version."


class TooManyYeses(RekindleError, status=409, code="too_many_yeses"):
    """Twelve choices of `yes` are open: a yes to everything would reveal the choices of the other partner."""

    title = "Twelve choices of yes are open"
    remedy = "Delete one of them, or wait until one lapses."


class TooManyKeys(RekindleError, status=409, code="too_many_keys"):
    """Two keys of this mode are active, which is enough to rotate them."""

    title = "Two keys are active"
    remedy = "Revoke one of them first."


class RulesetGone(RekindleError, status=409, code="ruleset_gone"):
    """The ruleset of the decision is not on this server, and no other may replay it."""

    title = "The ruleset of this decision is not on this server"
    remedy = "Ask the operator to restore the release, or read the current view at /v1/me/view."


class StillRunning(RekindleError, status=409, code="still_running"):
    """The first request with this Idempotency-Key has not finished."""

    title = "The first request with this Idempotency-Key is still running"
    remedy = "Wait for the time in Retry-After, then repeat the request."


class OtherVersion(RekindleError, status=412, code="other_version"):
    """The resource has changed since the version in If-Match; nothing was changed."""

    title = "The resource has changed"
    remedy = "Read the resource again, and send its new ETag as If-Match."


class VersionNeeded(RekindleError, status=428, code="version_needed"):
    """The request has no If-Match header, which this operation requires: two clients may change the resource."""

    title = "If-Match is required"
    remedy = "Send the ETag of the version that you read as If-Match."


class MethodNotAllowed(RekindleError, status=405, code="method_not_allowed"):
    """The path exists and does not support this method."""

    title = "Method not allowed"
    remedy = "Use a method from the Allow header."

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(f"This path supports {', '.join(self.allowed)}.")


class BodyTooLarge(RekindleError, status=413, code="body_too_large"):
    """The body is larger than the limit of this server."""

    title = "The body is too large"
    remedy = "Send one couple per request, with documented fields alone."

    def __init__(self, limit: int) -> None:
        super().__init__(f"The limit is {limit} bytes.")


class UnsupportedMediaType(RekindleError, status=415, code="unsupported_media_type"):
    """The body is not declared as JSON, or is compressed."""

    title = "The body is not declared as JSON"
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


class ValidationFailed(RekindleError, status=422, code="validation_failed"):
    """Parts of the request are not valid. `errors` lists them at once."""

    title = "Parts of the request are not valid"
    remedy = "Correct every entry of `errors`: `in` and `pointer` are its place, `detail` the values allowed."

    def __init__(self, mistakes: Sequence[FieldError], total: int | None = None) -> None:
        self.mistakes = tuple(mistakes)
        self.total = total or len(self.mistakes)
        listed = "" if self.total == len(self.mistakes) else f" The first {len(self.mistakes)} are listed."
        super().__init__(f"{self.total} parts are not valid.{listed}" if self.total > 1 else "One part is not valid.")


class IdempotencyKeyReused(RekindleError, status=422, code="idempotency_key_reused"):
    """The Idempotency-Key was used for another request within 24 hours."""

    title = "The Idempotency-Key belongs to another request"
    remedy = "Use a new key for a new request, and the same key only to repeat a request."


class TooManyRequests(RekindleError, status=429, code="too_many_requests"):
    """The rate limit of this server is exhausted for the moment."""

    title = "Too many requests"
    remedy = "Wait for the time in Retry-After. RateLimit-Policy has the limit, RateLimit the rest of it."

    def __init__(self, detail: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class NotReady(RekindleError, status=503, code="not_ready"):
    """The server runs and cannot serve requests yet: its database or its ruleset is not in place."""

    title = "The server is not ready"
    remedy = "Wait for the time in Retry-After. The detail has the cause, for the operator."
