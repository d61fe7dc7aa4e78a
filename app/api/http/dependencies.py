"""What routes ask for: who calls, and what this process holds."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from app.api.http.rate_limit import RateLimiter, address_of
from app.errors import CredentialsMalformed, CredentialsMissing
from app.rulesets.active_ruleset import ActiveRuleset
from app.service.integrators import KeyHolder, Scope, find_key
from app.store.connection.database import Database

bearer = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="rk_… or rt_…",
    description="The key of an integrator, `Authorization: Bearer rk_test_…`, or the token of a partner, "
    "`Authorization: Bearer rt_test_…`.",
    auto_error=False,
)


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def rulesets_of(request: Request) -> ActiveRuleset:
    rulesets: ActiveRuleset = request.app.state.rulesets
    return rulesets


async def find_key_holder(request: Request, _: Annotated[object, Security(bearer)]) -> KeyHolder:
    given = request.headers.get("authorization")
    if given is None:
        raise CredentialsMissing
    kind, _space, key = given.partition(" ")
    if kind.lower() != "bearer":
        raise CredentialsMalformed("The header is Authorization: Bearer, one space and the key.")
    holder = await find_key(database_of(request), key, datetime.now(UTC))
    recognise(request, key)
    return holder


def recognise(request: Request, credentials: str) -> None:
    """Let good credentials count for themselves, not for the address they came from."""
    limiter: RateLimiter | None = request.app.state.limiter
    if limiter:
        limiter.recognise(credentials, address_of(request.scope))


async def require_key(holder: Annotated[KeyHolder, Depends(find_key_holder)]) -> None:
    """For what is open unless the operator asks for a key."""
    holder.require(Scope.RECOMMENDATIONS)
