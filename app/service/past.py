"""What a partner's past amounts to: what was shown and done last, and since when they answer.

It is one sealed row, folded at every write, so that a view costs the same however long the past is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from app.engine.activity_index import ActivityIndex
from app.engine.answer_types import Energy
from app.engine.history import BegunPath, Cause, Done, History, Reaction
from app.engine.reactions import is_enough
from app.service.choices import Choice
from app.service.feedback_codec import Feedback, find_feedback
from app.service.partners import Partner
from app.service.private_marks import NO_GENERATION, Opened, generation_in, generation_out
from app.service.progress import Heavier
from app.service.session import Session
from app.store.queries import couples as stored_couples
from app.store.queries import pasts as stored_pasts

LISTS_KEPT = 12
"""The lists of so many weeks are kept: twice as long as what was shown in vain rests."""
STEPPED_DOWN_FOR = timedelta(days=28)
_PLACE = "pasts.sealed"


@dataclass(frozen=True, slots=True)
class ShownLists:
    """The ids that a partner was shown last in the week of a Monday, in the quiet view and in the full one.

    The full one is what opened with the passphrase of a `generation`.
    """

    week: date
    quiet: tuple[str, ...]
    full: tuple[str, ...]
    generation: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The day on which a path was begun, and the generation of the passphrase that opened the token."""

    on: date
    generation: str


@dataclass(frozen=True, slots=True)
class Past:
    """What one partner's past amounts to.

    `since` is the day of their first report, `lists` the oldest first. `done` gives by activity the day on which it
    was done last; `unsafe` are those that were not safe, `pressed_on` the last day on which something felt so.
    `reactions` gives by activity what was said of it, and when last; `rested_from` are those they were too tired for
    before they told of energy enough. `marks` gives by activity the generation of the
    passphrase which opens all feedback on it, `pressed_mark` that of the last feedback that was pressing.
    `paths` are those that the partner is on, `has_left` tells whether they ever left a couple.
    """

    since: date | None = None
    lists: tuple[ShownLists, ...] = ()
    done: Mapping[str, date] = field(default_factory=dict)
    unsafe: frozenset[str] = frozenset()
    pressed_on: date | None = None
    reactions: Mapping[str, Mapping[Cause, date]] = field(default_factory=dict)
    rested_from: frozenset[str] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)
    pressed_mark: str = NO_GENERATION
    paths: Mapping[str, Begun] = field(default_factory=dict)
    has_left: bool = False

    def seen(self, week: date, opened: Opened) -> tuple[str, ...]:
        """Return the ids shown before a week, oldest first, repeats included."""
        mark = opened.generation and generation_out(opened.generation)
        earlier = [shown.full if shown.generation == mark else shown.quiet for shown in self.lists if shown.week < week]
        return tuple([id_ for ids in earlier for id_ in ids])

    def with_lists(self, shown: ShownLists) -> "Past":
        """Return the past with the lists of a week in place of those that were shown in it before."""
        others = [lists for lists in self.lists if lists.week != shown.week]
        return replace(self, lists=tuple([*others, shown][-LISTS_KEPT:]))

    def with_feedback(self, feedback: Feedback) -> "Past":
        mark = generation_out(feedback.generation)
        marks = {
            **self.marks,
            feedback.activity: mark if self.marks.get(feedback.activity, mark) == mark else NO_GENERATION,
        }
        past = replace(self, marks=marks)
        if feedback.outcome == "done":
            past = replace(past, done={**past.done, feedback.activity: feedback.given_on})
        if feedback.is_unsafe:
            past = replace(past, unsafe=past.unsafe | {feedback.activity})
        if feedback.causes:
            causes = {**past.reactions.get(feedback.activity, {}), **dict.fromkeys(feedback.causes, feedback.given_on)}
            past = replace(past, reactions={**past.reactions, feedback.activity: causes})
        if "too_tired" in feedback.causes:
            past = replace(past, rested_from=past.rested_from - {feedback.activity})
        if feedback.was_pressing:
            past = replace(past, pressed_on=feedback.given_on, pressed_mark=mark)
        return past

    def with_energy(self, index: ActivityIndex, energy: Energy, answered_on: date) -> "Past":
        """Return the past after an answer about energy: it ends having been too tired for what needs no more."""
        rested = [
            activity
            for activity, causes in self.reactions.items()
            if "too_tired" in causes and causes["too_tired"] <= answered_on and is_enough(index, activity, energy)
        ]
        return replace(self, rested_from=self.rested_from.union(rested))


class OwnPast(NamedTuple):
    """A partner's past and choices, and whether their answers get heavier, which asks for gentle suggestions."""

    past: Past
    choices: Mapping[str, Choice]
    heavier: Heavier


def history_from(own: OwnPast, today: date, opened: Opened) -> History:
    """Return the engine's history of one partner, for a reader who may be told of what is `opened`."""
    past, choices, heavier = own
    pressed = past.pressed_on is not None and today - past.pressed_on < STEPPED_DOWN_FOR
    gentle = heavier != "no" or pressed
    is_told = {mark: opened.tells(generation_in(mark)) for mark in {NO_GENERATION, *past.marks.values()}}
    return History(
        done=tuple([Done(activity, (today - on).days) for activity, on in past.done.items()]),
        has_left=past.has_left,
        unwanted=frozenset(_chosen(choices, "not_for_us")) | past.unsafe,
        put_off=frozenset(_chosen(choices, "not_now")),
        gentle=gentle,
        is_gentle_told=not gentle or heavier == "told" or (pressed and opened.tells(generation_in(past.pressed_mark))),
        silent=frozenset(
            [
                activity
                for activity in {*past.done, *past.unsafe, *past.reactions} - choices.keys()
                if not is_told[past.marks.get(activity, NO_GENERATION)]
            ]
        ),
        paths=tuple([BegunPath(path, (today - begun.on).days) for path, begun in past.paths.items()]),
        reactions=tuple(
            [
                Reaction(activity, cause, (today - on).days, cause == "too_tired" and activity in past.rested_from)
                for activity in past.reactions
                for cause, on in past.reactions[activity].items()
            ]
        ),
    )


def _chosen(choices: Mapping[str, Choice], kind: str) -> Iterable[str]:
    return [activity for activity, choice in choices.items() if choice.choice == kind]


async def open_past(session: Session, partner: Partner, sealed: bytes | None) -> Past:
    """Return a stored past; one that was never folded is folded from all there is."""
    if sealed is not None:
        return msgspec.json.decode(partner.data_key.open(_PLACE, partner.id, sealed), type=Past)
    first = await stored_pasts.first_reported_at(session.connection, partner.key)
    past = Past(since=first and first.date())
    for feedback in await find_feedback(session, partner):
        past = past.with_feedback(feedback)
    return past


async def fold(session: Session, partner: Partner, change: Callable[[Past], Past]) -> None:
    """Store a change of the past. The partner is locked, so that of two changes at once none is lost."""
    await stored_couples.lock_partners(session.connection, [partner.key])
    past = await open_past(session, partner, await stored_pasts.find(session.connection, partner.key))
    sealed = partner.data_key.seal(_PLACE, partner.id, msgspec.json.encode(change(past), order="deterministic"))
    await stored_pasts.put(session.connection, partner.key, sealed)
