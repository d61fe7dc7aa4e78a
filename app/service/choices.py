"""Private choices: yes, not now, not for us. A choice changes only its owner's view."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from app.engine.ruleset import Activity
from app.errors import TooManyYeses
from app.rulesets.library import Library
from app.service.consents import require_processing
from app.service.partners import Partner
from app.service.session import Session
from app.service.week import Link, open_week
from app.service.weekly_boundary import next_week, week_after_next
from app.store.connection.rows import MarkedRow
from app.store.queries import choices as stored_choices
from app.store.queries import couples as stored_couples

ChoiceKind = Literal["yes", "not_now", "not_for_us"]
MAX_OPEN_YESES = 12
_PLACE = "choices.sealed"


class Choice(NamedTuple):
    """A choice, and the weekly turn at which it lapses; "not for us" stays.

    `couple` is the id of the couple in which a yes counts; None while the partner is not linked.
    """

    choice: ChoiceKind
    chosen_at: datetime
    until: datetime | None
    couple: str | None = None

    def counts(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@lru_cache(maxsize=4)
def activities_of(library: Library) -> Mapping[str, Activity]:
    """Return the activities that can be chosen, by id."""
    return {activity.id: activity for activity in library.ruleset.activities}


async def find_choices(session: Session, partner: Partner) -> Mapping[str, Choice]:
    """Return the choices that count now, by activity, in the order of the activities' ids."""
    return choices_from(partner, await stored_choices.of_partner(session.connection, partner.key), session.now)


def choices_from(partner: Partner, rows: Iterable[MarkedRow], now: datetime) -> Mapping[str, Choice]:
    return {activity: choice for activity, choice in open_choices(partner, rows).items() if choice.counts(now)}


async def choose(session: Session, partner: Partner, library: Library, activity: Activity, kind: ChoiceKind) -> Choice:
    """Store a choice. Raises `ConsentRequired`, and `TooManyYeses` where twelve yeses are open."""
    await require_processing(session, partner)
    link = await open_week(session, partner.key, library)
    await stored_couples.lock_partners(session.connection, [partner.key])
    before = await _remove_lapsed(session, partner, activity, kind)
    choice = Choice(kind, session.now, None if kind == "not_for_us" else week_after_next(session.now))
    if kind == "yes":
        if before and before.choice == "yes" and before.until and choice.until:
            choice = choice._replace(until=max(before.until, choice.until))
        choice = await _count_in_couple(session, partner, link, activity, choice)
    else:
        await _end_yes(session, partner, link, activity.id)
    await stored_choices.put(session.connection, partner.key, *_sealed(partner, activity.id, choice))
    return choice


async def say_yes_again(
    session: Session, partner: Partner, library: Library, activity: Activity, planned: datetime | None
) -> Choice:
    """Give an open yes again, because its partner set the time `planned`, or took it away.

    What one does alone stays until the week of its time is over. What is for two cannot: that it goes before its time
    would tell the other of a yes taken back.
    """
    link = await open_week(session, partner.key, library)
    until = week_after_next(session.now)
    if planned and not activity.together:
        until = max(until, next_week(planned))
    choice = await _count_in_couple(session, partner, link, activity, Choice("yes", session.now, until))
    await stored_choices.put(session.connection, partner.key, *_sealed(partner, activity.id, choice))
    return choice


async def end_yes_to_what_was_done(session: Session, partner: Partner, library: Library, activity: Activity) -> None:
    """End a yes to what is done once; it stays in the other's plan until the next weekly turn, as any yes that ends."""
    choice = (await find_choices(session, partner)).get(activity.id)
    if activity.repeat == "once" and choice and choice.choice == "yes":
        await remove_choice(session, partner, library, activity.id)


async def remove_choice(session: Session, partner: Partner, library: Library, activity: str) -> None:
    """Remove a choice; a mutual yes stays in the other's plan until the next weekly turn. Idempotent."""
    link = await open_week(session, partner.key, library)
    await stored_choices.remove(session.connection, partner.key, mark_of(partner, activity))
    await _end_yes(session, partner, link, activity)


async def count_yeses_in_couple(session: Session, partner: Partner, library: Library) -> None:
    """Let the yeses that this partner gave before they were linked count in the couple, until they lapse."""
    activities, link = activities_of(library), await open_week(session, partner.key, library)
    for id_, choice in (await find_choices(session, partner)).items():
        if choice.choice == "yes" and choice.couple is None and id_ in activities:
            counted = await _count_in_couple(session, partner, link, activities[id_], choice)
            await stored_choices.put(session.connection, partner.key, *_sealed(partner, id_, counted))


def mark_of(partner: Partner, activity: str) -> bytes:
    return partner.data_key.mark("choice", activity)


def open_choices(partner: Partner, rows: Iterable[MarkedRow]) -> dict[str, Choice]:
    """Return every choice, also those that have lapsed, by activity, in the order of the activities' ids."""
    opened = {}
    for row in rows:
        plain = json.loads(partner.data_key.open(_PLACE, row.mark.hex(), row.sealed))
        until = plain["until"] and datetime.fromisoformat(plain["until"])
        chosen_at = datetime.fromisoformat(plain["chosen_at"])
        # Choices of the first version have no couple; they must not count in the next one.
        opened[plain["activity"]] = Choice(plain["choice"], chosen_at, until, plain.get("said_to", ""))
    return dict(sorted(opened.items()))


async def _remove_lapsed(session: Session, partner: Partner, activity: Activity, kind: ChoiceKind) -> Choice | None:
    """Remove lapsed choices; return the one about this activity that counts.

    Raises `TooManyYeses` where `kind` is a yes and twelve others are open.
    """
    stored = open_choices(partner, await stored_choices.of_partner(session.connection, partner.key))
    for id_, choice in stored.items():
        if not choice.counts(session.now):
            await stored_choices.remove(session.connection, partner.key, mark_of(partner, id_))
    counting = {id_: choice for id_, choice in stored.items() if choice.counts(session.now)}
    before = counting.pop(activity.id, None)
    if kind == "yes" and sum(choice.choice == "yes" for choice in counting.values()) >= MAX_OPEN_YESES:
        raise TooManyYeses
    return before


def _sealed(partner: Partner, activity: str, choice: Choice) -> tuple[bytes, bytes]:
    mark = mark_of(partner, activity)
    plain = {
        "activity": activity,
        "choice": choice.choice,
        "chosen_at": choice.chosen_at.isoformat(),
        "until": choice.until and choice.until.isoformat(),
        "said_to": choice.couple,
    }
    return mark, partner.data_key.seal(_PLACE, mark.hex(), json.dumps(plain).encode())


async def _count_in_couple(
    session: Session, partner: Partner, link: Link | None, activity: Activity, yes: Choice
) -> Choice:
    """Store a yes to an activity for two in the couple, if there is one; return it with the couple."""
    if link and activity.together and yes.until:
        mark = link.mark(activity.id)
        await stored_choices.add_yes(session.connection, link.key, mark, partner.key, yes.until)
    return yes._replace(couple=link.id if link else None)


async def _end_yes(session: Session, partner: Partner, link: Link | None, activity: str) -> None:
    """End a yes in the couple; the other sees that at the next turn, because the week was stored before."""
    if link:
        await stored_choices.remove_yes(session.connection, link.key, link.mark(activity), partner.key)
