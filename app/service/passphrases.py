"""A passphrase that no key replaces: it shows the full view, and what was answered in private, for ten minutes."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.service import audit
from app.service.partners import Partner
from app.service.tokens import Login
from app.store.crypto.vault import Vault
from app.store.queries import passphrases as stored_passphrases
from app.store.queries import tokens as stored_tokens

UNLOCKED_FOR = timedelta(minutes=10)
MOST_FAILURES = 5
PAUSED_FOR = timedelta(minutes=15)
_PLACE = "passphrases.sealed"


async def unlock(
    connection: AsyncConnection, vault: Vault, login: Login, passphrase: str, now: datetime
) -> datetime | None:
    """Until when this login is unlocked. None alike for a wrong passphrase, for none set, and during a pause."""
    found = await stored_passphrases.of_partner(connection, login.partner.key)
    if not await _is_right(connection, login.partner, found, passphrase, now):
        await audit.add(connection, vault, login.partner.id, "unlock_refused", None, now)
        return None
    until = now + UNLOCKED_FOR
    await stored_tokens.unlock(connection, login.token_key, until)
    await audit.add(connection, vault, login.partner.id, "unlocked", None, now)
    return until


async def set_passphrase(
    connection: AsyncConnection, vault: Vault, login: Login, passphrase: str, current: str | None, now: datetime
) -> bool:
    """Whether it was set. The first one needs a fresh login, another one the current one or an unlocked login."""
    found = await stored_passphrases.of_partner(connection, login.partner.key)
    knows_it = await _is_right(connection, login.partner, found, current, now)
    may_set = login.is_fresh if found is None else login.is_unlocked or knows_it
    if not may_set:
        await audit.add(connection, vault, login.partner.id, "unlock_refused", None, now)
        return False
    kept = await stored_passphrases.make_unreadable(_alike(passphrase))
    sealed = login.partner.data_key.seal(_PLACE, login.partner.key.hex, kept)
    await stored_passphrases.put(connection, login.partner.key, sealed)
    await stored_tokens.lock_all(connection, login.partner.key)
    await audit.add(connection, vault, login.partner.id, "passphrase_set", None, now)
    return True


async def _is_right(
    connection: AsyncConnection, partner: Partner, found: Any, given: str | None, now: datetime
) -> bool:
    """Compare, and count what fails. The work and the statements are the same whatever there is to compare with."""
    kept, counts = stored_passphrases.NOBODYS.encode(), False
    if found is not None and given is not None and (found.paused_until is None or found.paused_until <= now):
        kept, counts = partner.data_key.open(_PLACE, partner.key.hex, found.sealed), True
    is_right = await stored_passphrases.is_it(_alike(given or ""), kept)
    failures, paused_until = (found.failures, found.paused_until) if found else (0, None)
    if counts:
        failures, paused_until = (0, None) if is_right else _after_one_more(failures, now)
    await stored_passphrases.count(connection, partner.key, failures, paused_until)
    return is_right


def _after_one_more(failures: int, now: datetime) -> tuple[int, datetime | None]:
    failures += 1
    return (failures, None) if failures < MOST_FAILURES else (0, now + PAUSED_FOR)


def _alike(passphrase: str) -> str:
    """The same, whichever keyboard wrote it."""
    return unicodedata.normalize("NFKC", passphrase)
