"""Passphrases: one unlocks a login for ten minutes, which shows the full view and private answers.

It opens what was sent over logins unlocked with it, and nothing else. So whoever sets one with a key of the integrator
or with somebody's phone reads nothing with it. One may be set without the one before: then nothing sent so far opens.
"""

import unicodedata
from datetime import datetime, timedelta

from app.service import audit
from app.service.partners import Partner
from app.service.session import Session
from app.service.tokens import Login
from app.store.crypto.ids import new_key
from app.store.queries import passphrases as stored_passphrases
from app.store.queries import tokens as stored_tokens
from app.store.queries.passphrases import PassphraseRow

UNLOCKED_FOR = timedelta(minutes=10)
MAX_FAILURES = 5
PAUSED_FOR, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=4)
"""The first pause after failed attempts, and the longest: each further failure doubles it."""
_MOST_COUNTED = 20
_PLACE = "passphrases.sealed"


async def unlock(session: Session, login: Login, passphrase: str) -> datetime | None:
    """Unlock a login and return until when. None alike for a wrong passphrase, for none set, and during a pause."""
    row = await stored_passphrases.of_partner(session.connection, login.partner.key)
    if not await _is_right(session, login.partner, row, passphrase) or row is None:
        await audit.add(session, login.partner.id, "unlock_refused")
        return None
    until, generation = session.now + UNLOCKED_FOR, row.generation
    if generation is None:
        # One from before there were generations opens what is sent from now on.
        generation = new_key()
        await stored_passphrases.put(session.connection, login.partner.key, row.sealed, generation)
    await stored_tokens.unlock(session.connection, login.token_key, until, generation)
    await audit.add(session, login.partner.id, "unlocked")
    return until


async def lock(session: Session, login: Login) -> None:
    """Lock a login at once. Idempotent, and the same for one that was not unlocked."""
    await stored_tokens.lock(session.connection, login.token_key)


async def set_passphrase(session: Session, login: Login, passphrase: str, current: str | None) -> bool:
    """Set the passphrase; return False where that was refused.

    With the `current` one it opens what that one opened. Without, it needs a fresh login and opens nothing from before.
    """
    row = await stored_passphrases.of_partner(session.connection, login.partner.key)
    knows_current = await _is_right(session, login.partner, row, current)
    if not (login.is_fresh if current is None else knows_current):
        await audit.add(session, login.partner.id, "unlock_refused")
        return False
    hash_ = await stored_passphrases.hash_passphrase(_normalized(passphrase))
    sealed = login.partner.data_key.seal(_PLACE, login.partner.key.hex, hash_)
    generation = (row and row.generation if knows_current else None) or new_key()
    await stored_passphrases.put(session.connection, login.partner.key, sealed, generation)
    # Logins that were unlocked with the old passphrase need the new one.
    await stored_tokens.lock_all(session.connection, login.partner.key)
    await audit.add(session, login.partner.id, "passphrase_set")
    return True


async def _is_right(session: Session, partner: Partner, row: PassphraseRow | None, passphrase: str | None) -> bool:
    """Compare, and count failures, with the same work and statements whether or not there is a passphrase."""
    hash_, counts = stored_passphrases.UNMATCHED_HASH.encode(), False
    if row is not None and passphrase is not None and (row.paused_until is None or row.paused_until <= session.now):
        hash_, counts = partner.data_key.open(_PLACE, partner.key.hex, row.sealed), True
    is_right = await stored_passphrases.verify(_normalized(passphrase or ""), hash_)
    failures, paused_until = (row.failures, row.paused_until) if row else (0, None)
    if counts:
        failures, paused_until = (0, None) if is_right else _after_failure(failures, session.now)
    await stored_passphrases.count(session.connection, partner.key, failures, paused_until)
    return is_right


def _after_failure(failures: int, now: datetime) -> tuple[int, datetime | None]:
    failures = min(failures + 1, _MOST_COUNTED)
    doubled = failures - MAX_FAILURES
    return failures, None if doubled < 0 else now + min(PAUSED_FOR * 2**doubled, LONGEST_PAUSE)


def _normalized(passphrase: str) -> str:
    """Return one form for what different keyboards write for the same characters."""
    return unicodedata.normalize("NFKC", passphrase)
