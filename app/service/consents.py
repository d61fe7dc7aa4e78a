"""Consents: a partner agrees to processing and pooling, or takes it back."""

from datetime import datetime
from typing import NamedTuple

from app.errors import ConsentRequired, NotLinked, OtherConsentText
from app.rulesets.library import Library
from app.rulesets.sources import PURPOSES, ConsentPurpose
from app.service import audit
from app.service.partners import Partner
from app.service.session import Session
from app.service.week import open_week
from app.store.queries import consents as stored_consents
from app.store.queries import weeks as stored_weeks


class Consent(NamedTuple):
    """A partner's decision about one purpose; `version` is that of the current text, whatever they agreed to."""

    purpose: ConsentPurpose
    version: str
    granted: bool
    decided_at: datetime | None


async def find_consents(session: Session, partner: Partner, library: Library) -> list[Consent]:
    """Return one consent for each purpose, also where the partner has not decided yet."""
    rows = {row.purpose: row for row in await stored_consents.of_partner(session.connection, partner.key)}
    return [
        Consent(
            purpose,
            _version_of(library, purpose),
            purpose in rows and rows[purpose].granted,
            rows[purpose].decided_at if purpose in rows else None,
        )
        for purpose in PURPOSES
    ]


async def require_processing(session: Session, partner: Partner) -> None:
    """Raise `ConsentRequired` unless the partner agreed to the processing of their answers."""
    granted = {row.purpose: row.granted for row in await stored_consents.of_partner(session.connection, partner.key)}
    if not granted.get("processing"):
        raise ConsentRequired("The consent to `processing` is missing.")


async def decide(
    session: Session, partner: Partner, library: Library, purpose: ConsentPurpose, version: str, *, granted: bool
) -> None:
    """Store a decision. Raises `OtherConsentText` for an old version, `NotLinked` for pooling without a link."""
    current = _version_of(library, purpose)
    if granted and version != current:
        raise OtherConsentText
    link = await open_week(session, partner.key, library)
    pools = purpose == "pooling" and granted
    if pools and link is None:
        raise NotLinked
    couple = link.key if pools and link else None
    # Of a consent taken back, whatever version was sent tells nothing.
    values = {"version": current, "granted": granted, "couple_key": couple}
    rows = await stored_consents.of_partner(session.connection, partner.key)
    if any(row.purpose == purpose and values.items() <= row._asdict().items() for row in rows):
        # Repeated: `decided_at` stays, because reports count from that moment on.
        return
    await stored_consents.decide(session.connection, partner.key, purpose, **values, decided_at=session.now)
    if not granted:
        await stored_weeks.remove_mutual(session.connection, partner.key)
    await audit.add(session, partner.id, "consent_given" if granted else "consent_taken_back", purpose)


def _version_of(library: Library, purpose: ConsentPurpose) -> str:
    """Return the version of the current text, the same in every language."""
    return library.texts["en"][f"consents/{purpose}/version"]
