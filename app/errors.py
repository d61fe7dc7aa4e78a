"""Errors with a status and a stable code. What is said of each to developers stands in `problems.yaml`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import yaml

Part = Literal["body", "query", "path", "header"]

# Enough to mend a request by; a meaningless body could cause a mistake for every ten of its bytes.
MAX_LISTED = 100

_INNER_CAPITAL = re.compile("(?<=.)(?=[A-Z])")
_FILE = Path(__file__).with_name("problems.yaml")
_TEXTS: dict[str, dict[str, str]] = yaml.load(_FILE.read_bytes(), Loader=yaml.CSafeLoader)


@dataclass(frozen=True, slots=True)
class FieldError:
    """A part of a request that is not valid: its place, the code of the mistake and the values allowed."""

    part: Part
    pointer: str
    code: str
    detail: str


class RekindleError(Exception):
    """An error that a client can act on, sent as `application/problem+json`.

    A subclass with an entry in `problems.yaml`, under its name in lower case, is a problem of its own; any other is
    sent as the class above it.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = _TEXTS["internal_error"]["title"]
    meaning: ClassVar[str] = _TEXTS["internal_error"]["meaning"]
    remedy: ClassVar[str] = _TEXTS["internal_error"]["remedy"]

    def __init_subclass__(cls, status: int | None = None) -> None:
        cls.status = status or cls.status
        code = _INNER_CAPITAL.sub("_", cls.__name__).lower()
        if code in _TEXTS:
            cls.code = code
            for name, text in _TEXTS[code].items():
                setattr(cls, name, text)

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.title
        super().__init__(self.detail)


class DatabaseUnavailable(RekindleError, status=503): ...


class TookTooLong(RekindleError, status=503): ...


class NotAuthenticated(RekindleError, status=401): ...


class CredentialsMissing(NotAuthenticated): ...


class CredentialsMalformed(NotAuthenticated): ...


class CredentialsUnknown(NotAuthenticated): ...


class CredentialsExpired(NotAuthenticated): ...


class CredentialsRevoked(NotAuthenticated): ...


class ScopeMissing(RekindleError, status=403): ...


class TokenNeeded(RekindleError, status=403): ...


class KeyNeeded(RekindleError, status=403): ...


class ConsentRequired(RekindleError, status=403): ...


class PassphraseRefused(RekindleError, status=403): ...


class InternalError(RekindleError): ...


class MalformedRequest(RekindleError, status=400): ...


class MalformedJson(RekindleError, status=400): ...


class NotFound(RekindleError, status=404): ...


class InvitationNotFound(NotFound): ...


class NoReport(NotFound): ...


class ExternalIdTaken(RekindleError, status=409): ...


class NotLinked(RekindleError, status=409): ...


class OtherConsentText(RekindleError, status=409): ...


class TooManyYeses(RekindleError, status=409): ...


class TooManyKeys(RekindleError, status=409): ...


class TooManyInvitations(RekindleError, status=409): ...


class TooManyTokens(RekindleError, status=409): ...


class RulesetGone(RekindleError, status=409): ...


class FormatRetired(RekindleError, status=409): ...


class StillRunning(RekindleError, status=409): ...


class OtherVersion(RekindleError, status=412): ...


class VersionNeeded(RekindleError, status=428): ...


class HeadersTooLarge(RekindleError, status=431): ...


class TooManyConnections(RekindleError, status=503): ...


class MethodNotAllowed(RekindleError, status=405):
    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(f"This path supports {', '.join(self.allowed)}.")


class BodyTooLarge(RekindleError, status=413):
    def __init__(self, limit: int) -> None:
        super().__init__(f"The limit is {limit} bytes.")


class UnsupportedMediaType(RekindleError, status=415):
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


class ValidationFailed(RekindleError, status=422):
    def __init__(self, mistakes: Sequence[FieldError], total: int | None = None) -> None:
        self.mistakes = tuple(mistakes[:MAX_LISTED])
        self.total = total or len(mistakes)
        listed = "" if self.total == len(self.mistakes) else f" The first {len(self.mistakes)} are listed."
        super().__init__(f"{self.total} parts are not valid.{listed}" if self.total > 1 else "One part is not valid.")


class IdempotencyKeyReused(RekindleError, status=422): ...


class TooManyRequests(RekindleError, status=429):
    def __init__(self, detail: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class NotReady(RekindleError, status=503): ...
