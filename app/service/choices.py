"""Private choices: yes, not now, not for us. They change their owner's own view alone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from app import store
from app.errors import TooManyYeses
from app.service.consents import require_processing
from app.service.data_keys import find_data_key
from app.service.turns import second_turn_after, turn_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.service.partners import Partner
    from app.store.vault import Vault

Kind = Literal["yes", "not_now", "not_for_us"]
MOST_OPEN_YESES = 12
_PLACE = "choices.sealed"


class Choice(NamedTuple):
    """What was chosen, when, and the weekly turn at which it lapses; what is not for us stays."""

    choice: Kind
    chosen_at: datetime
    until: datetime | None

    def counts(self, now: datetime) -> bool:
        return self.until is None or now < self.until


async def find_choices(connection: AsyncConnection, partner: Partner, now: datetime) -> Mapping[str, Choice]:
    """By activity, in the order of their ids; without what has lapsed."""
    found = {}
    for row in await store.choices.of_partner(connection, partner.key):
        kept = json.loads(partner.data_key.open(_PLACE, row.mark.hex(), row.sealed))
        until = kept["until"] and datetime.fromisoformat(kept["until"])
        found[kept["activity"]] = Choice(kept["choice"], datetime.fromisoformat(kept["chosen_at"]), until)
    return {activity: found[activity] for activity in sorted(found) if found[activity].counts(now)}


async def choose(
    connection: AsyncConnection, vault: Vault, partner: Partner, activity: str, kind: Kind, now: datetime
) -> Choice:
    """Raises `TooManyYeses` for a thirteenth that is open."""
    await require_processing(connection, partner)
    open_yeses = [
        each
        for each, choice in (await find_choices(connection, partner, now)).items()
        if choice.choice == "yes" and each != activity
    ]
    if kind == "yes" and len(open_yeses) >= MOST_OPEN_YESES:
        raise TooManyYeses
    choice = Choice(kind, now, None if kind == "not_for_us" else second_turn_after(now))
    mark = mark_of(partner, activity)
    kept = {
        "activity": activity,
        "choice": kind,
        "chosen_at": now.isoformat(),
        "until": choice.until and choice.until.isoformat(),
    }
    sealed = partner.data_key.seal(_PLACE, mark.hex(), json.dumps(kept).encode())
    await store.choices.put(connection, partner.key, mark, sealed)
    await _tell_the_couple(connection, vault, partner, activity, choice, now)
    return choice


async def take_back(connection: AsyncConnection, vault: Vault, partner: Partner, activity: str, now: datetime) -> None:
    """Gone from one's own at once; for the other a yes lapses at the next turn. Twice is no mistake."""
    await store.choices.remove(connection, partner.key, mark_of(partner, activity))
    await _end_yes(connection, vault, partner, activity, now)


def mark_of(partner: Partner, activity: str) -> bytes:
    return partner.data_key.mark("choice", activity)


async def couple_mark(connection: AsyncConnection, vault: Vault, couple_id: str, activity: str) -> bytes | None:
    """What two yeses to one activity have in common; None where the couple is gone."""
    data_key = await find_data_key(connection, vault, couple_id)
    return data_key.mark("yes", activity) if data_key else None


async def _tell_the_couple(
    connection: AsyncConnection, vault: Vault, partner: Partner, activity: str, choice: Choice, now: datetime
) -> None:
    if choice.choice != "yes" or choice.until is None:
        await _end_yes(connection, vault, partner, activity, now)
        return
    couple = await store.couples.linked_couple(connection, partner.key)
    mark = couple and await couple_mark(connection, vault, couple.id, activity)
    if couple and mark:
        await store.choices.say_yes(connection, couple.key, mark, partner.key, choice.until)


async def _end_yes(connection: AsyncConnection, vault: Vault, partner: Partner, activity: str, now: datetime) -> None:
    couple = await store.couples.linked_couple(connection, partner.key)
    mark = couple and await couple_mark(connection, vault, couple.id, activity)
    if mark:
        await store.choices.take_back(connection, partner.key, mark, turn_after(now))
