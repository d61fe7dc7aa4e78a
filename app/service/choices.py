"""Private choices: yes, not now, not for us. They change their owner's own view alone."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.ruleset import Activity
from app.errors import TooManyYeses
from app.rulesets.library import Library
from app.service.consents import require_processing
from app.service.data_keys import find_data_key
from app.service.partners import Partner
from app.service.weekly_boundary import next_week, week_after_next
from app.store.crypto.vault import Vault
from app.store.queries import choices as stored_choices
from app.store.queries import couples as stored_couples

ChoiceKind = Literal["yes", "not_now", "not_for_us"]
MOST_OPEN_YESES = 12
_PLACE = "choices.sealed"


class Choice(NamedTuple):
    """What was chosen, when, and the weekly turn at which it lapses; what is not for us stays.

    `said_to` is the couple that a yes counts in: a yes to one partner is none to the next.
    """

    choice: ChoiceKind
    chosen_at: datetime
    until: datetime | None
    said_to: str | None = None

    def counts(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@lru_cache(maxsize=4)
def activities_of(library: Library) -> Mapping[str, Activity]:
    """What can be chosen."""
    return {activity.id: activity for activity in library.ruleset.activities}


async def find_choices(connection: AsyncConnection, partner: Partner, now: datetime) -> Mapping[str, Choice]:
    """By activity, in the order of their ids; without what has lapsed."""
    return choices_from(partner, await stored_choices.of_partner(connection, partner.key), now)


def choices_from(partner: Partner, rows: Iterable[Any], now: datetime) -> Mapping[str, Choice]:
    found = _every_choice(partner, rows)
    return {activity: choice for activity, choice in found.items() if choice.counts(now)}


async def choose(
    connection: AsyncConnection, vault: Vault, partner: Partner, activity: Activity, kind: ChoiceKind, now: datetime
) -> Choice:
    """Raises `TooManyYeses` for a thirteenth that is open."""
    await require_processing(connection, partner)
    await stored_couples.hold_partners(connection, [partner.key])
    await _make_room(connection, partner, activity, kind, now)
    choice = Choice(kind, now, None if kind == "not_for_us" else week_after_next(now))
    if kind == "yes":
        choice = await _told_to_the_couple(connection, vault, partner, activity, choice)
    else:
        await _end_yes(connection, vault, partner, activity.id, now)
    await stored_choices.put(connection, partner.key, *_sealed(partner, activity.id, choice))
    return choice


async def take_back(connection: AsyncConnection, vault: Vault, partner: Partner, activity: str, now: datetime) -> None:
    """Gone from one's own at once; from the plan of the other at the next turn. Twice is no mistake."""
    await stored_choices.remove(connection, partner.key, mark_of(partner, activity))
    await _end_yes(connection, vault, partner, activity, now)


async def bring_yeses(
    connection: AsyncConnection, vault: Vault, partner: Partner, library: Library, now: datetime
) -> None:
    """What this partner said yes to while nobody was there counts in the link, until it would have lapsed anyway."""
    activities = activities_of(library)
    for id_, choice in (await find_choices(connection, partner, now)).items():
        if choice.choice == "yes" and choice.said_to is None and id_ in activities:
            told = await _told_to_the_couple(connection, vault, partner, activities[id_], choice)
            await stored_choices.put(connection, partner.key, *_sealed(partner, id_, told))


def mark_of(partner: Partner, activity: str) -> bytes:
    return partner.data_key.mark("choice", activity)


async def couple_mark(connection: AsyncConnection, vault: Vault, couple_id: str, activity: str) -> bytes | None:
    """What two yeses to one activity have in common; None where the couple is gone."""
    data_key = await find_data_key(connection, vault, couple_id)
    return data_key.mark("yes", activity) if data_key else None


def _every_choice(partner: Partner, rows: Iterable[Any]) -> dict[str, Choice]:
    """Those that have lapsed too."""
    found = {}
    for row in rows:
        kept = json.loads(partner.data_key.open(_PLACE, row.mark.hex(), row.sealed))
        until = kept["until"] and datetime.fromisoformat(kept["until"])
        chosen_at = datetime.fromisoformat(kept["chosen_at"])
        # Where nothing says to whom, it was not to whoever comes next.
        found[kept["activity"]] = Choice(kept["choice"], chosen_at, until, kept.get("said_to", ""))
    return dict(sorted(found.items()))


async def _make_room(
    connection: AsyncConnection, partner: Partner, activity: Activity, kind: ChoiceKind, now: datetime
) -> None:
    """Forget what has lapsed, and see that no more than twelve yeses are open."""
    found = _every_choice(partner, await stored_choices.of_partner(connection, partner.key))
    for each, choice in found.items():
        if not choice.counts(now):
            await stored_choices.remove(connection, partner.key, mark_of(partner, each))
    others = [choice for each, choice in found.items() if each != activity.id and choice.counts(now)]
    if kind == "yes" and sum(choice.choice == "yes" for choice in others) >= MOST_OPEN_YESES:
        raise TooManyYeses


def _sealed(partner: Partner, activity: str, choice: Choice) -> tuple[bytes, bytes]:
    mark = mark_of(partner, activity)
    kept = {
        "activity": activity,
        "choice": choice.choice,
        "chosen_at": choice.chosen_at.isoformat(),
        "until": choice.until and choice.until.isoformat(),
        "said_to": choice.said_to,
    }
    return mark, partner.data_key.seal(_PLACE, mark.hex(), json.dumps(kept).encode())


async def _told_to_the_couple(
    connection: AsyncConnection, vault: Vault, partner: Partner, activity: Activity, yes: Choice
) -> Choice:
    """What one does alone is nobody else's, even where both chose it."""
    couple = await stored_couples.linked_couple(connection, partner.key)
    mark = couple and activity.together and await couple_mark(connection, vault, couple.id, activity.id)
    if couple and mark and yes.until:
        await stored_choices.say_yes(connection, couple.key, mark, partner.key, yes.until)
    return yes._replace(said_to=str(couple.id) if couple else None)


async def _end_yes(connection: AsyncConnection, vault: Vault, partner: Partner, activity: str, now: datetime) -> None:
    """What the other has in their plan stays there until the turn; what they do not have never gets there."""
    couple = await stored_couples.linked_couple(connection, partner.key)
    mark = couple and await couple_mark(connection, vault, couple.id, activity)
    if couple and mark:
        is_shared = mark in await stored_choices.mutual(connection, partner.key, couple.key, now)
        await stored_choices.take_back(connection, partner.key, mark, next_week(now) if is_shared else now)
