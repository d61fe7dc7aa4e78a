"""Passphrases: one unlocks a login for ten minutes, which shows the full view and private answers.

It opens what was sent over logins unlocked with it, and nothing else. So whoever sets one with a key of the integrator
or with somebody's phone reads nothing with it. One may be set without the one before: then nothing sent so far opens.
"""

import unicodedata
from datetime import datetime, timedelta
from typing import NamedTuple

from app.service import audit
from app.service.partners import Partner
from app.service.private_marks import UNLOCKED_FOR
from app.service.session import Session
from app.service.tokens import Login
from app.store.crypto.ids import new_key
from app.store.queries import passphrases as stored_passphrases
from app.store.queries import tokens as stored_tokens
from app.store.queries.passphrases import PassphraseRow

MAX_FAILURES = 5
PAUSED_FOR, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=4)
"""The first pause after failed attempts, and the longest: each further failure doubles it."""
_MOST_COUNTED = 20
_PLACE = "passphrases.sealed"


class Attempt(NamedTuple):
    """What a passphrase has to match, as it was stored before it was compared, and whether it does.

    `counts` where there is a passphrase, one was given, and none is paused.
    """

    row: PassphraseRow | None
    hash: bytes
    counts: bool
    is_right: bool = False


async def challenge(session: Session, partner: Partner, passphrase: str | None) -> Attempt:
    """Return what `passphrase` has to match: with the same work and statements whether or not there is any."""
    row = await stored_passphrases.of_partner(session.connection, partner.key)
    if row is None or passphrase is None or (row.paused_until is not None and row.paused_until > session.now):
        return Attempt(row, stored_passphrases.UNMATCHED_HASH.encode(), counts=False)
    return Attempt(row, partner.data_key.open(_PLACE, partner.key.hex, row.sealed), counts=True)


async def compare(attempt: Attempt, passphrase: str | None) -> Attempt:
    """Compare in a thread. It takes long on purpose, so no transaction waits for it."""
    is_right = await stored_passphrases.verify(_normalized(passphrase or ""), attempt.hash)
    return attempt._replace(is_right=is_right)


async def unlock(session: Session, login: Login, attempt: Attempt) -> datetime | None:
    """Unlock a login and return until when. None alike for a wrong passphrase, for none set, and during a pause."""
    row = attempt.row
    if not await _settle(session, login.partner, attempt) or row is None:
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


async def hash_passphrase(passphrase: str) -> bytes:
    """Return the hash to set. It takes as long as a comparison, so no transaction waits for it either."""
    return await stored_passphrases.hash_passphrase(_normalized(passphrase))


async def set_passphrase(session: Session, login: Login, hash_: bytes, attempt: Attempt, *, is_blind: bool) -> bool:
    """Set the passphrase of this hash; return False where that was refused.

    With the current one, which `attempt` is about, it opens what that one opened. `is_blind` without: then it needs a
    fresh login and opens nothing from before.
    """
    knows_current = await _settle(session, login.partner, attempt)
    if not (login.is_fresh if is_blind else knows_current):
        await audit.add(session, login.partner.id, "unlock_refused")
        return False
    row = attempt.row
    sealed = login.partner.data_key.seal(_PLACE, login.partner.key.hex, hash_)
    generation = (row and row.generation if knows_current else None) or new_key()
    await stored_passphrases.put(session.connection, login.partner.key, sealed, generation)
    # Logins that were unlocked with the old passphrase need the new one.
    await stored_tokens.lock_all(session.connection, login.partner.key)
    await audit.add(session, login.partner.id, "passphrase_set")
    return True


async def _settle(session: Session, partner: Partner, attempt: Attempt) -> bool:
    """Count a failure and return whether the attempt was right.

    It is not where another attempt was counted while this one was compared: trying at once tells nobody more.
    """
    row = await stored_passphrases.lock_of_partner(session.connection, partner.key)
    is_right = attempt.is_right and row == attempt.row
    failures, paused_until = (row.failures, row.paused_until) if row else (0, None)
    if attempt.counts:
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
