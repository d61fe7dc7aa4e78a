"""The quiet view that a partner read last: sent again while nothing that it is made from has changed.

Whether something has is known before anything is opened or decided, by a mark of the tags of what is stored sealed. The
mark is keyed and stays in the database; what clients compare is an `ETag` of the bytes that they were sent.
"""

from app.rulesets.library import Library
from app.service.partners import Partner
from app.service.progress import REPORTS_COMPARED
from app.service.session import Session
from app.store.crypto.vault import tag_of
from app.store.queries import kept_views as stored_kept_views
from app.store.queries import view_inputs as stored_view_inputs
from app.store.queries import weeks as stored_weeks

_PLACE = "kept_views.sealed"


async def find_kept_view(session: Session, partner: Partner, library: Library, locale: str) -> bytes | None:
    """Return the view as it was sent last, None where it would be another one by now."""
    row = await stored_kept_views.find(session.connection, partner.key)
    if row is None or row.mark != await _mark_of_inputs(session, partner, library, locale):
        return None
    return partner.data_key.open(_PLACE, partner.id, row.sealed)


async def keep_view(session: Session, partner: Partner, library: Library, locale: str, body: bytes) -> None:
    """Keep a view, a JSON object that was just made."""
    # What was shown this week has just become part of the past that the view is made from.
    mark = await _mark_of_inputs(session, partner, library, locale)
    sealed = partner.data_key.seal(_PLACE, partner.id, body)
    await stored_kept_views.put(session.connection, partner.key, mark, sealed)


async def _mark_of_inputs(session: Session, partner: Partner, library: Library, locale: str) -> bytes:
    """Return the mark of what the view is made from, unopened.

    It is another one on another day: days pass, weeks turn, choices and support lapse.
    """
    connection = session.connection
    reports = await stored_view_inputs.of_partner(connection, partner.key, REPORTS_COMPARED)
    link = await stored_weeks.link_of(connection, partner.key)
    chosen, past = await stored_view_inputs.history_of_partner(connection, partner.key)
    inputs = (
        (library.digest, locale, partner.profile.country, session.now.date()),
        [(row.key, row.support and tag_of(row.support), row.generation) for row in reports],
        # What the week holds is settled by these: it is stored before anything of the two changes.
        link and (link.key, link.pools, link.seed, link.first_at),
        past and tag_of(past),
    )
    choices = b"".join(sorted([tag_of(choice.sealed) for choice in chosen]))
    return partner.data_key.mark("view", repr(inputs), choices.hex())
