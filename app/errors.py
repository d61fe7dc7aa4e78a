"""What can go wrong, each with its status and a stable code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class FieldError:
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
    title = "This needs a key or a token"
    remedy = "Send the header Authorization: Bearer followed by your key or token."


class CredentialsMissing(NotAuthenticated):
    """No Authorization header came with the request."""


class CredentialsMalformed(NotAuthenticated):
    """What came cannot be one of our keys, whatever the database holds."""

    code = "credentials_malformed"
    title = "This is not the form of a key or token"
    remedy = "Send Bearer, one space and the whole key or token as it was shown to you, nothing else."


class CredentialsUnknown(NotAuthenticated):
    """It has the form of a key, and nobody holds it."""

    code = "credentials_unknown"
    title = "Nobody holds this key or token"
    remedy = "Check that it belongs to this server and was copied whole."


class CredentialsExpired(NotAuthenticated):
    """The key or token was good until the moment it was made for."""

    code = "credentials_expired"
    title = "This key or token has expired"
    remedy = "Make a new one and use that."


class CredentialsRevoked(NotAuthenticated):
    """It was taken back, by its integrator or by the partner it belongs to."""

    code = "credentials_revoked"
    title = "This key or token was revoked"
    remedy = "Use another key of the same integrator, or ask for a new token."


class ScopeMissing(RekindleError):
    """The key is good, but not for this."""

    status = 403
    code = "scope_missing"
    title = "This key does not have the scope that this needs"
    remedy = "Use a key with the scope that the detail names."


class TokenNeeded(RekindleError):
    """Only the partner whose own it is may do this, with a token of theirs."""

    status = 403
    code = "token_needed"
    title = "This needs the token of a partner, not a key"
    remedy = "Let the back end of your app mint a token for the partner, and send that."


class KeyNeeded(RekindleError):
    """Only an integrator may do this, with a key of theirs."""

    status = 403
    code = "key_needed"
    title = "This needs the key of an integrator, not a token"
    remedy = "Call it from the back end of your app, with its key."


class ConsentRequired(RekindleError):
    """Nothing is taken or shown before the partner agreed to it."""

    status = 403
    code = "consent_required"
    title = "The partner has not agreed to this, or no longer does"
    remedy = "Show the text of /v1/me/consents, and put the answer there."


class PassphraseRefused(RekindleError):
    """One answer, whether the passphrase is another one or none was set."""

    status = 403
    code = "passphrase_refused"
    title = "This does not unlock anything"
    remedy = "Try again with the passphrase that was set."


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


class InvitationNotFound(NotFound):
    """No such code, or one that no longer works: which of the two is not said."""

    code = "invitation_not_found"
    title = "This code does not work"
    remedy = "Ask for a new invitation."


class NoReport(NotFound):
    """There is nothing to show before the first report."""

    code = "no_report"
    title = "There is no report of yours yet"
    remedy = "Post one to /v1/me/reports."


class ExternalIdTaken(RekindleError):
    """There is a partner of this `external_id` already, and other fields of it differ."""

    status = 409
    code = "external_id_taken"
    title = "This external_id belongs to a partner with other fields"
    remedy = "Send the same fields again to find the partner, or another external_id for another one."


class NotLinked(RekindleError):
    """Pooling is agreed to for one link, so there has to be one."""

    status = 409
    code = "not_linked"
    title = "There is no link to agree to this for"
    remedy = "Accept an invitation first."


class OtherConsentText(RekindleError):
    """The text has changed since: what was agreed to has to be what is asked."""

    status = 409
    code = "other_consent_text"
    title = "This is not the version of the text that is asked for now"
    remedy = "Show the text of /v1/me/consents as it is now, and send its version."


class TooManyYeses(RekindleError):
    """A yes to everything would only show what the other said yes to."""

    status = 409
    code = "too_many_yeses"
    title = "Twelve are open already"
    remedy = "Take one back, or wait until one lapses."


class TooManyKeys(RekindleError):
    """Two keys are enough to change from one to the other."""

    status = 409
    code = "too_many_keys"
    title = "Two keys are active already"
    remedy = "Revoke one of them first."


class RulesetGone(RekindleError):
    """A view is given again by the ruleset that decided it, or not at all."""

    status = 409
    code = "ruleset_gone"
    title = "The ruleset that decided this is not on this server any more"
    remedy = "Ask the operator to put the release back, or read /v1/me/view as it is now."


class StillRunning(RekindleError):
    """The first request with this Idempotency-Key is not done yet."""

    status = 409
    code = "still_running"
    title = "The first request with this key is still running"
    remedy = "Wait for as long as Retry-After says, then send the same request again."


class OtherVersion(RekindleError):
    """It changed since it was read, so nothing was done."""

    status = 412
    code = "other_version"
    title = "It has changed since you read it"
    remedy = "Read it again, decide again, and send its new ETag as If-Match."


class VersionNeeded(RekindleError):
    """Two devices can change this, so say which version the change is for."""

    status = 428
    code = "version_needed"
    title = "Say which version this changes"
    remedy = "Send the ETag of what you read as If-Match."


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

    def __init__(self, mistakes: Sequence[FieldError], total: int | None = None) -> None:
        self.mistakes = tuple(mistakes)
        self.total = total or len(self.mistakes)
        shown = "" if self.total == len(self.mistakes) else f" The first {len(self.mistakes)} are listed."
        many = f"{self.total} of its parts need a look.{shown}"
        super().__init__(many if self.total > 1 else "One of its parts needs a look.")


class IdempotencyKeyReused(RekindleError):
    """The key was used for another request within a day."""

    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key belongs to another request"
    remedy = "Use a new key for a new request, and the same one only to send the same request again."


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
