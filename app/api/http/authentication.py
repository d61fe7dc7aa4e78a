"""Who calls, when it is, and the one transaction of the request, committed before the answer leaves."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Security

from app.api.http.dependencies import bearer, database_of, recognise
from app.errors import CredentialsMalformed, CredentialsMissing, FieldError, KeyNeeded, TokenNeeded, ValidationFailed
from app.service import integrators, tokens
from app.service.integrators import KeyHolder
from app.service.partners import Partner
from app.service.tokens import Login
from app.store.crypto.vault import Vault

TEST_NOW = "Rekindle-Test-Now"
_YEARS = range(2001, 2100)
"""Whatever is reckoned from an instant stays within what there are dates for."""

TestNowHeader = Annotated[
    str | None,
    Header(
        alias=TEST_NOW,
        max_length=40,
        description="With test data: what time it is, such as `2026-01-31T09:30:00Z`. Live data ignores it.",
    ),
]


@dataclass(frozen=True, slots=True)
class IntegratorCall:
    """A request with the key of an integrator."""

    connection: Any
    vault: Vault
    holder: KeyHolder
    now: datetime


@dataclass(frozen=True, slots=True)
class PartnerCall:
    """A request with the token of a partner."""

    connection: Any
    vault: Vault
    login: Login
    now: datetime

    @property
    def partner(self) -> Partner:
        return self.login.partner


def vault_of(request: Request) -> Vault:
    vault: Vault = request.app.state.vault()
    return vault


async def reading(request: Request) -> AsyncGenerator[Any]:
    async with database_of(request).reading() as connection:
        yield connection


async def writing(request: Request) -> AsyncGenerator[Any]:
    async with database_of(request).writing() as connection:
        yield connection


Reads = Annotated[Any, Depends(reading, scope="function")]
Writes = Annotated[Any, Depends(writing, scope="function")]


async def integrator_reads(
    request: Request, connection: Reads, _: Annotated[object, Security(bearer)], present: TestNowHeader = None
) -> IntegratorCall:
    return await _of_integrator(request, connection, present)


async def integrator_writes(
    request: Request, connection: Writes, _: Annotated[object, Security(bearer)], present: TestNowHeader = None
) -> IntegratorCall:
    return await _of_integrator(request, connection, present)


async def partner_reads(
    request: Request, connection: Reads, _: Annotated[object, Security(bearer)], present: TestNowHeader = None
) -> PartnerCall:
    return await _of_partner(request, connection, present)


async def partner_writes(
    request: Request, connection: Writes, _: Annotated[object, Security(bearer)], present: TestNowHeader = None
) -> PartnerCall:
    return await _of_partner(request, connection, present)


IntegratorReads = Annotated[IntegratorCall, Depends(integrator_reads, scope="function")]
IntegratorWrites = Annotated[IntegratorCall, Depends(integrator_writes, scope="function")]
PartnerReads = Annotated[PartnerCall, Depends(partner_reads, scope="function")]
PartnerWrites = Annotated[PartnerCall, Depends(partner_writes, scope="function")]


async def _of_integrator(request: Request, connection: Any, present: str | None) -> IntegratorCall:
    given = bearer_credentials(request)
    if given.startswith("rt_"):
        token = await tokens.find_row(connection, given)
        tokens.authenticate_token(token, vault_of(request), current_time(token.mode, present))
        raise KeyNeeded
    found = await integrators.find_key_row(connection, given)
    now = current_time(found.mode, present)
    holder = integrators.authenticate_key(found, now)
    recognise(request, given)
    return IntegratorCall(connection, vault_of(request), holder, now)


async def _of_partner(request: Request, connection: Any, present: str | None) -> PartnerCall:
    given = bearer_credentials(request)
    if given.startswith("rk_"):
        key = await integrators.find_key_row(connection, given)
        integrators.authenticate_key(key, current_time(key.mode, present))
        raise TokenNeeded
    found = await tokens.find_row(connection, given)
    now = current_time(found.mode, present)
    login = tokens.authenticate_token(found, vault_of(request), now)
    recognise(request, given)
    return PartnerCall(connection, vault_of(request), login, now)


def bearer_credentials(request: Request) -> str:
    """What stands behind Bearer. Raises `CredentialsMissing` or `CredentialsMalformed`."""
    given = request.headers.get("authorization")
    if given is None:
        raise CredentialsMissing
    kind, _space, credentials = given.partition(" ")
    if kind.lower() != "bearer":
        raise CredentialsMalformed("The header is Authorization: Bearer, one space and the key or token.")
    return credentials


def current_time(mode: str, given: str | None) -> datetime:
    """The time that test data is told it is; of live data, the time that it is."""
    if given is None or mode != "test":
        return datetime.now(UTC)
    try:
        present = datetime.fromisoformat(given)
        if present.tzinfo is not None and present.year in _YEARS:
            return present.astimezone(UTC)
    except ValueError:
        pass
    detail = "An instant of this century with its offset is needed, such as 2026-01-31T09:30:00Z."
    raise ValidationFailed([FieldError("header", f"#/{TEST_NOW}", "not_an_instant", detail)])
