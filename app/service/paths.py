"""Paths that a partner began. A path changes only its owner's view; leaving one is silent."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from app.engine.history import History
from app.engine.paths import open_steps
from app.engine.ruleset import ActivityPath
from app.errors import NotFound
from app.rulesets.library import Library
from app.service.choices import choices_from
from app.service.consents import require_processing
from app.service.partners import Partner
from app.service.past import Begun, OwnPast, Past, fold, history_from, open_past
from app.service.private_marks import Opened, generation_in, generation_out
from app.service.session import Session
from app.service.tokens import Login
from app.service.week import Link, open_week
from app.store.queries import choices as stored_choices
from app.store.queries import pasts as stored_pasts
from app.store.queries import view_inputs as stored_view_inputs

_FOREVER = datetime.max.replace(microsecond=0, tzinfo=UTC)
"""A path is never left by date."""


class OwnPath(NamedTuple):
    """A path as its reader may see it: when they began it, and the first of its steps that is still before them.

    Both are None for a path that was not begun, or that rests on something private that this reader may not be told.
    """

    path: ActivityPath
    begun_on: date | None = None
    step: int | None = None


async def find_paths(session: Session, login: Login, library: Library) -> list[OwnPath]:
    """Return every path in its order, with where the partner stands on it."""
    past, history = await _past_of(session, login)
    return [_own(path, past, history, login.opened) for path in library.ruleset.paths]


async def begin_path(session: Session, login: Login, library: Library, id_: str) -> OwnPath:
    """Begin a path, or go on with it. Raises `ConsentRequired`, and `NotFound` for an id that no path has."""
    await require_processing(session, login.partner)
    path = next((path for path in library.ruleset.paths if path.id == id_), None)
    if path is None:
        raise NotFound("There is no such path. /v1/paths lists them.")
    today, generation = session.now.date(), login.opened.generation

    def begin(past: Past) -> Past:
        before = past.paths.get(id_)
        # One who may not be told of it begins it anew; over a locked token it looks the same and changes nothing.
        if before and (generation is None or _is_told(path, before, login.opened)):
            return past
        return replace(past, paths={**past.paths, id_: Begun(today, generation_out(generation))})

    link = await open_week(session, login.partner.key, library)
    await fold(session, login.partner, begin)
    await _count(session, login.partner, link, [id_])
    past, history = await _past_of(session, login)
    return _own(path, past, history, login.opened)


async def leave_path(session: Session, partner: Partner, library: Library, id_: str) -> None:
    """Leave a path; the steps for two go from the other's view at the next weekly turn. Idempotent."""

    def leave(past: Past) -> Past:
        return replace(past, paths={path: begun for path, begun in past.paths.items() if path != id_})

    link = await open_week(session, partner.key, library)
    await fold(session, partner, leave)
    if link:
        await stored_choices.remove_yes(session.connection, link.key, link.path_mark(id_), partner.key)


async def count_paths_in_couple(session: Session, partner: Partner, library: Library) -> None:
    """Let the paths that this partner began before they were linked count in the couple."""
    past = await open_past(session, partner, await stored_pasts.find(session.connection, partner.key))
    await _count(session, partner, await open_week(session, partner.key, library), past.paths)


async def _count(session: Session, partner: Partner, link: Link | None, paths: Iterable[str]) -> None:
    if link is None:
        return
    for path in paths:
        await stored_choices.add_yes(session.connection, link.key, link.path_mark(path), partner.key, _FOREVER)


async def _past_of(session: Session, login: Login) -> tuple[Past, History]:
    partner = login.partner
    rows, sealed = await stored_view_inputs.history_of_partner(session.connection, partner.key)
    past = await open_past(session, partner, sealed)
    own = OwnPast(past, choices_from(partner, rows, session.now), "no")
    return past, history_from(own, session.now.date(), login.opened)


def _own(path: ActivityPath, past: Past, history: History, opened: Opened) -> OwnPath:
    begun = past.paths.get(path.id)
    if begun is None or not _is_told(path, begun, opened):
        return OwnPath(path)
    since = next(one for one in history.paths if one.path == path.id)
    return OwnPath(path, begun.on, next((number for number, _ in open_steps(path, history, since)), None))


def _is_told(path: ActivityPath, begun: Begun, opened: Opened) -> bool:
    return path.rests_on is None or opened.tells(generation_in(begun.generation))
