"""One partner's view now: what it is made from, what it says, and the decision that is kept of it."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.decision_record import from_record, to_record
from app.engine.evaluate import evaluate
from app.engine.history import History
from app.engine.self_report import PooledReport, SelfReport
from app.engine.view import View
from app.errors import NoReport, NotFound
from app.rulesets.library import Library
from app.service import choices, feedback, report_codec, safety_carry_over
from app.service.partners import Partner
from app.service.progress import REPORTS_COMPARED, is_getting_heavier
from app.service.weekly_boundary import FRESH_FOR, start_of_week
from app.store.crypto.ids import new_id, new_key
from app.store.crypto.vault import Vault, Wrapped
from app.store.queries import decisions as stored_decisions
from app.store.queries import reports as stored_reports
from app.store.queries import view_inputs as stored_view_inputs

Basis = Literal["both_partners", "one_partner"]
DECISIONS_ARE_KEPT_FOR = timedelta(days=90)
REPEATED_FOR = timedelta(days=7)
"""For how long a view that has not changed stays one decision: its help lines are those of its day."""
_PLACE = "decisions.sealed"


class DecisionRef(NamedTuple):
    """What a decision is known by: `mark` is a keyed digest of all that it rests on."""

    id: str
    made_at: datetime
    mark: bytes


class Inputs(NamedTuple):
    """All that a view of this partner is made from, and the decision last kept of one.

    Safety is in `mine` as what is held of it.
    """

    report_key: UUID
    mine: SelfReport
    theirs: PooledReport | None
    past: History
    last: DecisionRef | None

    @property
    def basis(self) -> Basis:
        return "one_partner" if self.theirs is None else "both_partners"


class RenderedView(NamedTuple):
    """A view as it may be shown now, with the decision that it can be given from again."""

    decision: str
    ruleset: str
    digest: str
    basis: Basis
    view: View
    country: str | None
    made_on: date


async def find_inputs(connection: AsyncConnection, vault: Vault, partner: Partner, now: datetime) -> Inputs:
    """Read what counts now. Of the other partner nothing but the pooled part is ever read. Raises `NoReport`."""
    found = await stored_view_inputs.of_partner(connection, partner.key, REPORTS_COMPARED)
    if not found:
        raise NoReport
    newest = found[0]
    lately = [open_report(partner, row) for row in found]
    held = safety_carry_over.open_held(partner, newest.held, now)
    last = (newest.decision_id, newest.decision_made_at, newest.decision_inputs)
    return Inputs(
        newest.key,
        replace(lately[0], safety=safety_carry_over.as_answers(held)),
        await _pooled_by_the_other(connection, vault, partner, now),
        await _past_of(connection, partner, now, heavier=is_getting_heavier(lately[::-1])),
        DecisionRef(*last) if newest.decision_id else None,
    )


def open_report(partner: Partner, row: Any) -> SelfReport:
    pooled = partner.data_key.open("reports.pooled", row.key.hex, row.pooled)
    private = partner.data_key.open("private_answers.sealed", row.key.hex, row.private)
    return report_codec.decode_report(pooled, private)


async def _pooled_by_the_other(
    connection: AsyncConnection, vault: Vault, partner: Partner, now: datetime
) -> PooledReport | None:
    turn = start_of_week(now)
    found = await stored_reports.pooled_by_the_other(
        connection, partner.key, now=now, turn=turn, horizon=turn - FRESH_FOR
    )
    if found is None:
        return None
    data_key = vault.unwrap(found.id, Wrapped(found.epoch, found.wrapped))
    return report_codec.decode_pooled(data_key.open("reports.pooled", found.key.hex, found.pooled))


async def _past_of(connection: AsyncConnection, partner: Partner, now: datetime, *, heavier: bool) -> History:
    """What this partner chose and did; nothing of it is the other's."""
    chosen, given = await stored_view_inputs.past_of_partner(connection, partner.key)
    return feedback.past_from(
        choices.choices_from(partner, chosen, now), feedback.feedback_from(partner, given), now, heavier=heavier
    )


async def show_now(  # noqa: PLR0913  (who, by which ruleset, when, and how it is shown)
    connection: AsyncConnection,
    vault: Vault,
    partner: Partner,
    library: Library,
    now: datetime,
    *,
    quiet: bool,
    locale: str = "en",
) -> RenderedView:
    """The view of now. A decision is kept when what it says, in which language, or what it rests on has changed."""
    inputs = await find_inputs(connection, vault, partner, now)
    full = evaluate(library.compiled, inputs.mine, inputs.theirs, past=inputs.past)
    hushed = evaluate(library.compiled, inputs.mine, inputs.theirs, past=inputs.past, quiet=True)
    kept = {
        "basis": inputs.basis,
        "country": partner.particulars.country,
        "locale": locale,
        "full": to_record(library.compiled, full),
        "quiet": to_record(library.compiled, hushed),
    }
    decision = await _keep_if_new(connection, partner, library, inputs, kept, now)
    view = hushed if quiet else full
    return RenderedView(
        decision.id,
        library.version,
        library.digest,
        inputs.basis,
        view,
        partner.particulars.country,
        decision.made_on,
    )


class Made(NamedTuple):
    """Which decision, and on which day."""

    id: str
    made_on: date


async def _keep_if_new(
    connection: AsyncConnection, partner: Partner, library: Library, inputs: Inputs, kept: dict[str, Any], now: datetime
) -> Made:
    said = json.dumps(kept, sort_keys=True)
    mark = partner.data_key.mark("decision", library.digest, inputs.report_key.hex, said)
    last = inputs.last
    if last is not None and last.mark == mark and now < last.made_at + REPEATED_FOR:
        return Made(last.id, last.made_at.date())
    key, id_ = new_key(), new_id("dec")
    own = {
        "pooled": report_codec.encode_pooled(inputs.mine).decode(),
        "private": report_codec.encode_private(inputs.mine).decode(),
    }
    plain = json.dumps({**kept, **own}).encode()
    await stored_decisions.add(
        connection,
        key=key,
        id=id_,
        partner_key=partner.key,
        made_at=now,
        ruleset=library.version,
        digest=library.digest,
        inputs=mark,
        sealed=partner.data_key.seal(_PLACE, key.hex, plain),
    )
    return Made(id_, now.date())


class DecisionRecord(NamedTuple):
    """A decision as it was kept. What was answered is the partner's own, without what is about safety."""

    id: str
    ruleset: str
    digest: str
    made_at: datetime
    basis: Basis
    country: str | None
    locale: str
    pooled: str
    private: str
    full: dict[str, Any]
    quiet: dict[str, Any]

    def answers(self, *, quiet: bool) -> dict[str, Any]:
        return report_codec.read_plain(self.pooled.encode(), None if quiet else self.private.encode())

    def activities(self, *, quiet: bool) -> list[str]:
        """Their ids, as they were shown."""
        return [id_ for id_, _reasons in self._shown(quiet=quiet)["activities"]]

    def rules(self, compiled: CompiledRuleset, *, quiet: bool) -> list[str]:
        """Those that fired. In the quiet view no private answer was judged, so none of them rests on one."""
        fired = int(self._shown(quiet=quiet)["rules"] or "0", 16)
        return [compiled.rules[i].id for i in positions(fired)]

    def shown(self, library: Library, *, quiet: bool) -> RenderedView:
        """The view again, as it was given, under its own release."""
        view = from_record(library.compiled, self._shown(quiet=quiet))
        return RenderedView(self.id, self.ruleset, self.digest, self.basis, view, self.country, self.made_at.date())

    def _shown(self, *, quiet: bool) -> dict[str, Any]:
        return self.quiet if quiet else self.full


async def own_decisions(connection: AsyncConnection, partner: Partner, now: datetime) -> list[DecisionRecord]:
    """Those of the last ninety days, the oldest first."""
    since = now - DECISIONS_ARE_KEPT_FOR
    found = await stored_decisions.all_of(connection, partner.key)
    return [open_decision(partner, row) for row in found if row.made_at > since]


async def find_decision(connection: AsyncConnection, partner: Partner, id_: str, now: datetime) -> DecisionRecord:
    """Raises `NotFound` for what is another's, and for what is older than ninety days."""
    row = await stored_decisions.with_id(connection, partner.key, id_, now - DECISIONS_ARE_KEPT_FOR)
    if row is None:
        raise NotFound("There is no such decision.")
    return open_decision(partner, row)


def open_decision(partner: Partner, row: Any) -> DecisionRecord:
    kept = json.loads(partner.data_key.open(_PLACE, row.key.hex, row.sealed))
    return DecisionRecord(id=row.id, ruleset=row.ruleset, digest=row.digest, made_at=row.made_at, **kept)
