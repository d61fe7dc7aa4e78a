"""What a partner agrees to, and taking it back."""

from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import ConsentRequired, NotLinked, OtherConsentText
from app.rulesets.library import Library
from app.service import audit
from app.service.partners import Partner
from app.store.crypto.vault import Vault
from app.store.queries import consents as stored_consents
from app.store.queries import couples as stored_couples

Purpose = Literal["processing", "pooling"]
PURPOSES: tuple[Purpose, ...] = ("processing", "pooling")


class Consent(NamedTuple):
    """What is asked, and what was decided; `version` is of the text that is asked now."""

    purpose: Purpose
    version: str
    granted: bool
    decided_at: datetime | None


class ConsentDecision(NamedTuple):
    """Yes or no to a version of a text; `asked` is the version that is asked now."""

    version: str
    granted: bool
    asked: str


async def find_consents(connection: AsyncConnection, partner: Partner, library: Library) -> list[Consent]:
    found = {row.purpose: row for row in await stored_consents.of_partner(connection, partner.key)}
    return [
        Consent(
            purpose,
            version_of(library, purpose),
            purpose in found and found[purpose].granted,
            found[purpose].decided_at if purpose in found else None,
        )
        for purpose in PURPOSES
    ]


async def require_processing(connection: AsyncConnection, partner: Partner) -> None:
    """Raises `ConsentRequired` before anything of this partner is worked with."""
    found = {row.purpose: row.granted for row in await stored_consents.of_partner(connection, partner.key)}
    if not found.get("processing"):
        raise ConsentRequired("The consent to `processing` is missing.")


async def decide(
    connection: AsyncConnection,
    vault: Vault,
    partner: Partner,
    purpose: Purpose,
    decision: ConsentDecision,
    now: datetime,
) -> None:
    """Agree, or take it back. Raises `OtherConsentText` and `NotLinked`."""
    if decision.granted and decision.version != decision.asked:
        raise OtherConsentText
    couple = None
    if purpose == "pooling" and decision.granted:
        couple = await stored_couples.key_of_link(connection, partner.key)
        if couple is None:
            raise NotLinked
    decided = {"version": decision.version, "granted": decision.granted, "couple_key": couple}
    if decided in [_decided(row) for row in await _rows_of(connection, partner, purpose)]:
        # What counts since it was agreed to goes on counting, however often that is said.
        return
    await stored_consents.decide(connection, partner.key, purpose, **decided, decided_at=now)
    event: audit.Event = "consent_given" if decision.granted else "consent_taken_back"
    await audit.add(connection, vault, partner.id, event, purpose, now)


async def _rows_of(connection: AsyncConnection, partner: Partner, purpose: Purpose) -> list[Any]:
    return [row for row in await stored_consents.of_partner(connection, partner.key) if row.purpose == purpose]


def _decided(row: Any) -> dict[str, object]:
    return {"version": row.version, "granted": row.granted, "couple_key": row.couple_key}


def version_of(library: Library, purpose: Purpose) -> str:
    """Of the text that is asked now; the same in every language."""
    return library.texts["en"][f"consents/{purpose}/version"]
