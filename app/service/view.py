"""The current view of one partner: its inputs, its evaluation, and the decision record that is stored of it."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.decision_record import FORMAT, StoredView, from_record, to_record
from app.engine.evaluate import evaluate
from app.engine.history import History, Moment
from app.engine.offer import Reading
from app.engine.reading_record import from_reading_record
from app.engine.self_report import NO_AGREEMENT, Agreed, SelfReport, agree
from app.engine.view import View
from app.errors import FormatRetired, NoReport, NotFound
from app.rulesets.library import Library
from app.service import choices, report_codec, safety_carry_over
from app.service.partners import Partner
from app.service.past import OwnPast, Past, ShownLists, fold, history_from, open_past
from app.service.private_marks import NO_GENERATION, NOTHING_OPENED, Opened, generation_in, generation_out
from app.service.progress import REPORTS_COMPARED, how_heavier
from app.service.report_codec import StoredAnswers
from app.service.safety_carry_over import CarriedSupport
from app.service.session import Session
from app.service.week import Link, as_mutual, open_week
from app.service.weekly_boundary import start_of_week, weeks_between
from app.store.crypto.ids import new_id, new_key
from app.store.queries import decisions as stored_decisions
from app.store.queries import view_inputs as stored_view_inputs
from app.store.queries.decisions import DecisionRow
from app.store.queries.view_inputs import ViewInputRow

Basis = Literal["both_partners", "one_partner"]
DECISIONS_STORED_FOR = timedelta(days=90)
REUSED_FOR = timedelta(days=7)
"""An unchanged view stays one decision for so long; its help lines are those of the decision's day."""
_PLACE = "decisions.sealed"
_LAST_KEY = UUID(int=2**128 - 1)


class DecisionRef(NamedTuple):
    """The reference of a decision; `mark` is a keyed digest of all inputs."""

    id: str
    made_at: datetime
    mark: bytes


class Draw(NamedTuple):
    """The seed of a partner's lists, the number of their week, and its Monday."""

    seed: str
    turn: int
    week: date


class ViewInputs(NamedTuple):
    """The inputs of a partner's view, and the last decision.

    The safety answers in `mine` stand for the support that carries over. `generation` is that of the passphrase.
    """

    report_key: UUID
    stored: StoredAnswers
    support: CarriedSupport
    mine: SelfReport
    theirs: Reading | None
    agreed: Agreed
    own: OwnPast
    draw: Draw
    today: date
    generation: UUID | None
    last: DecisionRef | None

    @property
    def basis(self) -> Basis:
        return "one_partner" if self.theirs is None else "both_partners"

    def moment(self, opened: Opened) -> Moment:
        """Return the moment of a reader's view; it rotates by the lists of that view, so that none tells another."""
        seen = self.own.past.seen(self.draw.week, opened)
        return Moment(self.draw.seed, self.draw.turn, seen, history_from(self.own, self.today, opened))

    def disclosed(self, opened: Opened) -> SelfReport:
        """Return the report without what this reader may not be told."""
        support = safety_carry_over.told_support(self.support, opened)
        disclosed = msgspec.convert(report_codec.read_marked(*self.stored).disclosed(opened), SelfReport)
        return replace(disclosed, safety=safety_carry_over.as_answers(support))

    def view(self, compiled: CompiledRuleset, opened: Opened) -> View:
        """Return the view of a reader; the quiet view where nothing private is opened to them."""
        moment = self.moment(opened)
        if opened == NOTHING_OPENED:
            return evaluate(compiled, self.mine, self.theirs, self.agreed, moment, quiet=True)
        return evaluate(compiled, self.mine, self.theirs, self.agreed, moment, disclosed=self.disclosed(opened))


class RenderedView(NamedTuple):
    """A view as it may be shown now, with the id and ruleset of its decision."""

    decision: str
    ruleset: str
    digest: str
    basis: Basis
    view: View
    country: str | None
    made_on: date


async def find_inputs(session: Session, partner: Partner, library: Library) -> ViewInputs:
    """Read what counts now; of the other partner only what the week holds. Raises `NoReport`."""
    rows = await stored_view_inputs.of_partner(session.connection, partner.key, REPORTS_COMPARED)
    if not rows:
        raise NoReport
    newest = rows[0]
    stored = [report_codec.open_report(partner.data_key, row) for row in rows]
    mine = report_codec.decode_report(*stored[0])
    support = safety_carry_over.open_support(partner, newest.support, session.now)
    chosen_rows, sealed = await stored_view_inputs.history_of_partner(session.connection, partner.key)
    past = await open_past(session, partner, sealed)
    link = await open_week(session, partner.key, library)
    theirs, agreed = _heard(link, mine, past)
    chosen = choices.choices_from(partner, chosen_rows, session.now)
    return ViewInputs(
        newest.key,
        stored[0],
        support,
        replace(mine, safety=safety_carry_over.as_answers(support)),
        theirs,
        agreed,
        # Who is linked anew begins anew.
        OwnPast(replace(past, has_left=past.has_left and link is None), chosen, how_heavier(stored[::-1])),
        _draw_of(session, partner, link, past),
        session.now.date(),
        newest.generation,
        _last_decision(newest),
    )


def _heard(link: Link | None, mine: SelfReport, past: Past) -> tuple[Reading | None, Agreed]:
    """Return the reading of the other in this week, and what the two agreed as far as the reader still holds it.

    `past` is the reader's: of the paths that both began, only those that the reader is on count.
    """
    if link is None or link.week is None or not link.pools or link.first_at is None:
        return None, NO_AGREEMENT
    record = link.week.of_the_other(link.place).reading
    if record is None:
        return None, NO_AGREEMENT
    paths = link.begun_by_both(link.week, past.paths)
    return from_reading_record(record), replace(agree(as_mutual(link.week.agreed), mine.mutual), paths=paths)


def _draw_of(session: Session, partner: Partner, link: Link | None, past: Past) -> Draw:
    """Return the link's draw from its first time on, before that and alone the partner's own."""
    week = start_of_week(session.now).date()
    if link is not None and link.seed is not None and link.first_at is not None:
        return Draw(link.seed, weeks_between(link.first_at.date(), week), week)
    return Draw(own_seed(partner), weeks_between(past.since or week, week), week)


def own_seed(partner: Partner) -> str:
    """Return the seed of a partner's lists while they are alone: random, because their key is."""
    return partner.data_key.mark("seed").hex()


def _last_decision(row: ViewInputRow) -> DecisionRef | None:
    if row.decision_id is None or row.decision_made_at is None or row.decision_inputs is None:
        return None
    return DecisionRef(row.decision_id, row.decision_made_at, row.decision_inputs)


async def show_now(session: Session, partner: Partner, library: Library, opened: Opened, locale: str) -> RenderedView:
    """Return the current view for a reader who may be told of what is `opened`.

    A new decision is stored where its content, its language or its inputs have changed. Raises `NoReport`.
    """
    inputs = await find_inputs(session, partner, library)
    compiled, generation = library.compiled, generation_out(inputs.generation)
    # A replay can show the quiet view, and what opens with the passphrase. What was just sent over a locked token is
    # shown this once, and not recorded.
    recorded = Opened(inputs.generation)
    views = {reader: inputs.view(compiled, reader) for reader in {NOTHING_OPENED, recorded}}
    records = {reader: to_record(compiled, view) for reader, view in views.items()}
    lists = ShownLists(
        inputs.draw.week, _ids(compiled, views[NOTHING_OPENED]), _ids(compiled, views[recorded]), generation
    )
    await _note_lists(session, partner, inputs, lists)
    record = {
        "format": FORMAT,
        "basis": inputs.basis,
        "country": partner.profile.country,
        "locale": locale,
        "generation": generation,
        "views": {"full": records[recorded], "quiet": records[NOTHING_OPENED]},
    }
    decision = await _store_if_new(session, partner, library, inputs, record)
    view = views[opened] if opened in views else inputs.view(compiled, opened)
    made_on, country = decision.made_at.date(), partner.profile.country
    return RenderedView(decision.id, library.version, library.digest, inputs.basis, view, country, made_on)


def _ids(compiled: CompiledRuleset, view: View) -> tuple[str, ...]:
    return tuple([compiled.index.order[shown.position].id for shown in view.activities])


async def _note_lists(session: Session, partner: Partner, inputs: ViewInputs, shown: ShownLists) -> None:
    """Note what is shown this week, for the weeks after it."""
    past = inputs.own.past
    if past.since is None or shown not in past.lists:
        since = past.since or session.now.date()
        await fold(session, partner, lambda past: replace(past, since=since).with_lists(shown))


async def _store_if_new(
    session: Session, partner: Partner, library: Library, inputs: ViewInputs, record: dict[str, Any]
) -> DecisionRef:
    content = msgspec.json.encode(record, order="sorted")
    mark = partner.data_key.mark("decision", library.digest, inputs.report_key.hex, content.decode())
    last = inputs.last
    if last is not None and last.mark == mark and session.now < last.made_at + REUSED_FOR:
        return last
    key, id_ = new_key(), new_id("dec")
    own = {
        "pooled": inputs.stored.pooled.decode(),
        "private": inputs.stored.private.decode(),
        "history": _history_out(inputs.moment(Opened(inputs.generation)).history),
    }
    plain = content[:-1] + b"," + msgspec.json.encode(own)[1:]
    await stored_decisions.add(
        session.connection,
        key=key,
        id=id_,
        partner_key=partner.key,
        made_at=session.now,
        ruleset=library.version,
        digest=library.digest,
        inputs=mark,
        sealed=partner.data_key.seal(_PLACE, key.hex, plain),
    )
    return DecisionRef(id_, session.now, mark)


def _history_out(history: History) -> dict[str, Any]:
    """Return what may be told of a history."""
    return {
        "done": [done._asdict() for done in history.done if done.activity not in history.silent],
        "not_for_us": sorted(history.unwanted - history.silent),
        "not_now": sorted(history.put_off),
        "gentle": history.gentle and history.is_gentle_told,
        "reactions": [
            {"activity": one.activity, "cause": one.cause, "days_ago": one.days_ago}
            for one in history.reactions
            if one.activity not in history.silent
        ],
    }


class DecisionRecord(NamedTuple):
    """A stored decision, with the partner's own answers and history of then, except answers about safety.

    `views` holds the records of the full and the quiet view; None where they are of a format that is retired. The full
    one and the history open with a passphrase of the `generation`.
    """

    id: str
    ruleset: str
    digest: str
    made_at: datetime
    basis: Basis
    country: str | None
    locale: str
    pooled: str
    private: str
    history: dict[str, Any]
    generation: UUID | None
    views: dict[str, StoredView] | None

    def is_opened(self, opened: Opened) -> bool:
        """Tell whether the full view and the history may be told."""
        return opened.tells(self.generation)

    def answers(self, opened: Opened) -> dict[str, Any]:
        """Return the answers that may be told, as JSON values."""
        return report_codec.read_marked(self.pooled.encode(), self.private.encode()).disclosed(opened)

    def shown(self, opened: Opened) -> StoredView | None:
        """Return the record of the view, None where its format is retired."""
        return self.views and self.views["full" if self.is_opened(opened) else "quiet"]

    def view_again(self, library: Library, opened: Opened) -> RenderedView:
        """Return the view as it was shown; `library` is that of the decision's own release. Raises `FormatRetired`."""
        record = self.shown(opened)
        if record is None:
            raise FormatRetired
        view = from_record(library.compiled, record)
        return RenderedView(self.id, self.ruleset, self.digest, self.basis, view, self.country, self.made_at.date())


async def page_of_decisions(
    session: Session, partner: Partner, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[tuple[datetime, UUID], DecisionRecord]]:
    """Return decisions of the last ninety days with their places, the oldest first, from behind the place `after`."""
    after = after or (session.now - DECISIONS_STORED_FOR, _LAST_KEY)
    rows = await stored_decisions.page(session.connection, partner.key, after, limit)
    return [((row.made_at, row.key), open_decision(partner, row)) for row in rows]


async def find_decision(session: Session, partner: Partner, id_: str) -> DecisionRecord:
    """Return a decision of this partner from the last ninety days. Raises `NotFound`."""
    row = await stored_decisions.with_id(session.connection, partner.key, id_, session.now - DECISIONS_STORED_FOR)
    if row is None:
        raise NotFound("There is no such decision.")
    return open_decision(partner, row)


def open_decision(partner: Partner, row: DecisionRow) -> DecisionRecord:
    plain = json.loads(partner.data_key.open(_PLACE, row.key.hex, row.sealed))
    return DecisionRecord(
        id=row.id,
        ruleset=row.ruleset,
        digest=row.digest,
        made_at=row.made_at,
        generation=generation_in(plain.get("generation", NO_GENERATION)),
        views=plain["views"] if plain.get("format") == FORMAT else None,
        **{name: plain[name] for name in ("basis", "country", "locale", "pooled", "private", "history")},
    )
