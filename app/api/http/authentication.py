"""Authentication of integrators and partners, and the transaction that their request runs in."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.base import SecurityBase

from app.api.http.fields import invalid
from app.api.http.request_context import count_request, now_of
from app.api.http.routing import check_query
from app.api.http.turns import Turns
from app.errors import CredentialsExpired, CredentialsMalformed, CredentialsMissing, KeyNeeded, TokenNeeded
from app.service import integrators, tokens
from app.service.integrators import KeyHolder, Scope
from app.service.partners import Partner
from app.service.recovery import Recovery
from app.service.session import Session
from app.service.tokens import Login
from app.store.connection.database import Connection, Database
from app.store.crypto.ids import sha256_of
from app.store.crypto.vault import Vault

TEST_NOW = "Rekindle-Test-Now"
BY_TEST_CLOCK = f"It has expired by the header {TEST_NOW}. Create another one with the same header."
# Dates computed from the present, such as the end of a consent, have to stay within what `datetime` can hold.
_YEARS = range(2001, 2100)

TestNowHeader = Annotated[
    str | None,
    Header(
        alias=TEST_NOW,
        max_length=40,
        description="Sets the present for test data, such as `2026-01-31T09:30:00Z`. Ignored for live data.",
    ),
]

bearer = HTTPBearer(scheme_name="bearer", auto_error=False)
# It marks the operation in the OpenAPI document; the header itself is read by `bearer_credentials`.
_Bearer = Annotated[object, Security(bearer)]


@dataclass(frozen=True, slots=True)
class IntegratorContext(Session):
    """The session of a request made with the key of an integrator, and whose key it is."""

    holder: KeyHolder

    @property
    def caller(self) -> str:
        """The integrator with its mode: data of the two modes never meet."""
        return f"{self.holder.mode[0]}{self.holder.integrator}"


@dataclass(frozen=True, slots=True)
class PartnerContext(Session):
    """The session of a request made with the token of a partner, and their login."""

    login: Login

    @property
    def partner(self) -> Partner:
        return self.login.partner

    @property
    def caller(self) -> str:
        return self.partner.id

    @property
    def is_unlocked(self) -> bool:
        return self.login.is_unlocked


AnyContext = IntegratorContext | PartnerContext
Context = TypeVar("Context", IntegratorContext, PartnerContext)
Transaction = Callable[[Request, str | None], AbstractAsyncContextManager[Context]]


async def database_of(request: Request) -> Database:
    """Return the database. Raises `NotReady` as long as a backup that was restored in it may bring somebody back."""
    database: Database = request.app.state.database
    recovery: Recovery = request.app.state.recovery
    if not recovery.is_done:
        await recovery.finish(database, vault_of(request), request.app.state.clock)
    return database


def vault_of(request: Request) -> Vault:
    vault: Vault = request.app.state.vault()
    return vault


def turns_of(request: Request) -> Turns:
    turns: Turns = request.app.state.turns
    return turns


def transaction_as(
    authenticate: Callable[[Request, Connection, str, str | None], Awaitable[Context]],
    prefix: str,
    *,
    writes: bool,
) -> Transaction[Context]:
    """Return the function that begins a transaction in its turn, and finds out in it who calls.

    What cannot be a key or a token is refused without a look at the database: a key where it begins like one, a token
    where it begins like one, and what begins like neither as that of the `prefix`.
    """
    begin = Database.writing if writes else Database.reading

    @asynccontextmanager
    async def transact(request: Request, test_now: str | None) -> AsyncGenerator[Context]:
        bearer_text, turns = bearer_credentials(request), turns_of(request)
        begins = bearer_text[:3] if bearer_text.startswith(("rk_", "rt_")) else prefix
        (integrators.require_key_format if begins == "rk_" else tokens.require_token_format)(bearer_text)
        credentials = sha256_of(bearer_text).hex()
        database = await database_of(request)
        async with turns.transact(credentials, request.scope, writes=writes), begin(database) as connection:
            try:
                context = await authenticate(request, connection, bearer_text, test_now)
            except CredentialsExpired as error:
                is_by_test_clock = test_now and bearer_text[2:].startswith("_test_")
                raise CredentialsExpired(BY_TEST_CLOCK if is_by_test_clock else None) from error
            caller: AnyContext = context
            turns.remember(credentials, caller.partner.id if isinstance(caller, PartnerContext) else None)
            yield context

    return transact


class InTransaction(SecurityBase, Generic[Context]):
    """The dependency that runs a request in one transaction, marked as what reads its credentials."""

    model, scheme_name = bearer.model, bearer.scheme_name

    def __init__(self, transact: Transaction[Context]) -> None:
        self._transact: Transaction[Context] = transact

    async def __call__(self, request: Request, test_now: TestNowHeader = None) -> AsyncGenerator[Context]:
        async with self._transact(request, test_now) as context:
            # After the credentials, because nobody is told anything before them.
            await check_query(request)
            yield context
        for task in context.after_commit:
            await asyncio.to_thread(task)


async def require_key(request: Request, _: _Bearer) -> None:
    """Require a key with the scope `recommendations`, where the operator asks for one on public routes."""
    credentials, turns = bearer_credentials(request), turns_of(request)
    integrators.require_key_format(credentials)
    database, digest = await database_of(request), sha256_of(credentials).hex()
    async with turns.transact(digest, request.scope, writes=False):
        holder = await integrators.find_key(database, credentials, now_of(request))
    turns.remember(digest, None)
    count_request(request.scope, holder.integrator)
    holder.require(Scope.RECOMMENDATIONS)


async def _authenticate_integrator(
    request: Request, connection: Connection, credentials: str, test_now: str | None
) -> IntegratorContext:
    if credentials.startswith("rt_"):
        # A token that would be refused anyway is told so first; a good one is of the wrong kind.
        token = await tokens.find_token_row(connection, credentials)
        tokens.authenticate_token(token, vault_of(request), current_time(request, token.partner.mode, test_now))
        raise KeyNeeded
    row = await integrators.find_key_row(connection, credentials)
    now = current_time(request, row.mode, test_now)
    holder = integrators.authenticate_key(row, now)
    count_request(request.scope, holder.integrator)
    return IntegratorContext(connection, vault_of(request), now, holder)


async def _authenticate_partner(
    request: Request, connection: Connection, credentials: str, test_now: str | None
) -> PartnerContext:
    if credentials.startswith("rk_"):
        key = await integrators.find_key_row(connection, credentials)
        integrators.authenticate_key(key, current_time(request, key.mode, test_now))
        raise TokenNeeded
    row = await tokens.find_token_row(connection, credentials)
    now = current_time(request, row.partner.mode, test_now)
    login = tokens.authenticate_token(row, vault_of(request), now)
    count_request(request.scope, login.partner.id)
    return PartnerContext(connection, vault_of(request), now, login)


_read_as_partner = transaction_as(_authenticate_partner, "rt_", writes=False)
_write_as_partner = transaction_as(_authenticate_partner, "rt_", writes=True)


@dataclass(frozen=True, slots=True)
class PartnerTransactions:
    """The transactions of a request that has work to do between them, and holds no connection meanwhile."""

    request: Request
    test_now: str | None
    partner: str

    def reading(self) -> AbstractAsyncContextManager[PartnerContext]:
        return _read_as_partner(self.request, self.test_now)

    def writing(self) -> AbstractAsyncContextManager[PartnerContext]:
        return _write_as_partner(self.request, self.test_now)


async def _authenticate_before(request: Request, _: _Bearer, test_now: TestNowHeader = None) -> PartnerTransactions:
    async with _read_as_partner(request, test_now) as context:
        await check_query(request)
        return PartnerTransactions(request, test_now, context.partner.id)


_read_integrator = InTransaction(transaction_as(_authenticate_integrator, "rk_", writes=False))
_write_integrator = InTransaction(transaction_as(_authenticate_integrator, "rk_", writes=True))
_read_partner = InTransaction(_read_as_partner)
_write_partner = InTransaction(_write_as_partner)
# The scope "function" commits before the response is sent: a client never reads of something that was not stored.
IntegratorReadContext = Annotated[IntegratorContext, Depends(_read_integrator, scope="function")]
IntegratorWriteContext = Annotated[IntegratorContext, Depends(_write_integrator, scope="function")]
PartnerReadContext = Annotated[PartnerContext, Depends(_read_partner, scope="function")]
PartnerWriteContext = Annotated[PartnerContext, Depends(_write_partner, scope="function")]
TransactionsOfPartner = Annotated[PartnerTransactions, Depends(_authenticate_before)]


def bearer_credentials(request: Request) -> str:
    """Return the key or token of the Authorization header.

    Raises `CredentialsMissing` without the header, `CredentialsMalformed` with another scheme than Bearer.
    """
    header = request.headers.get("authorization")
    if header is None:
        raise CredentialsMissing
    scheme, _space, credentials = header.partition(" ")
    if scheme.lower() != "bearer":
        raise CredentialsMalformed("The header is Authorization: Bearer, a space and the key or token.")
    # RFC 6750 allows for several spaces.
    return credentials.lstrip(" ")


def current_time(request: Request, mode: str, test_now: str | None) -> datetime:
    """Return the present: `test_now` for test data, the clock's otherwise. Raises `ValidationFailed`."""
    if test_now is None or mode != "test":
        return now_of(request)
    try:
        present = datetime.fromisoformat(test_now)
        if present.tzinfo is not None and present.year in _YEARS:
            return present.astimezone(UTC)
    except ValueError:
        pass
    detail = "An instant of this century with its offset is needed, such as 2026-01-31T09:30:00Z."
    raise invalid(TEST_NOW, "not_an_instant", detail, "header")
