"""Taking a report: stored sealed, safety turned into what is held, and the full view said once."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, get_args, get_type_hints
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.self_report import SelfReport
from app.rulesets.library import Library
from app.service import report_codec, safety_carry_over
from app.service.consents import require_processing
from app.service.partners import Partner
from app.service.view import RenderedView, show_now
from app.store.crypto.ids import new_id, new_key
from app.store.crypto.vault import Vault
from app.store.queries import reports as stored_reports


class Taken(NamedTuple):
    """A report that was stored, with the view for the one who has just answered."""

    id: str
    reported_on: date
    shown: RenderedView


class OwnReport(NamedTuple):
    """A report as its owner may read it now."""

    id: str
    reported_on: date
    answers: dict[str, Any]
    place: tuple[datetime, UUID]


async def take_report(  # noqa: PLR0913  (who, by which ruleset, what and when, and how it is shown)
    connection: AsyncConnection,
    vault: Vault,
    partner: Partner,
    library: Library,
    report: SelfReport,
    now: datetime,
    *,
    locale: str = "en",
) -> Taken:
    """Raises `ConsentRequired` before the partner has agreed to it."""
    await require_processing(connection, partner)
    held = await safety_carry_over.find_held(connection, partner, now)
    await safety_carry_over.hold(connection, partner, safety_carry_over.carry_over(held, report.safety, now.date()))
    key, id_ = new_key(), new_id("rpt")
    await stored_reports.add(
        connection,
        partner.data_key.seal("private_answers.sealed", key.hex, report_codec.encode_private(report)),
        key=key,
        id=id_,
        partner_key=partner.key,
        reported_at=now,
        pooled=partner.data_key.seal("reports.pooled", key.hex, report_codec.encode_pooled(report)),
    )
    return Taken(id_, now.date(), await show_now(connection, vault, partner, library, now, quiet=False, locale=locale))


async def own_reports(
    connection: AsyncConnection, partner: Partner, before: tuple[datetime, UUID] | None, most: int, *, whole: bool
) -> list[OwnReport]:
    """The newest first; with their private part only where `whole`."""
    return [
        OwnReport(
            row.id, row.reported_at.date(), laid_out(_answers(partner, row, whole=whole)), (row.reported_at, row.key)
        )
        for row in await stored_reports.page_of_own(connection, partner.key, before, most)
    ]


def _answers(partner: Partner, row: Any, *, whole: bool) -> dict[str, Any]:
    pooled = partner.data_key.open("reports.pooled", row.key.hex, row.pooled)
    if not whole:
        return report_codec.read_plain(pooled, None)
    return report_codec.read_plain(pooled, partner.data_key.open("private_answers.sealed", row.key.hex, row.private))


def laid_out(answered: Mapping[str, Any]) -> dict[str, Any]:
    """Every path that there is, with null where nothing was answered or nothing may be shown; safety has no place."""
    return {
        group: {name: (answered.get(group) or {}).get(name) for name in names} if names else answered.get(group)
        for group, names in _FORM.items()
    }


def _names_in(group: Any) -> tuple[str, ...]:
    kinds = [kind for kind in get_args(group) if is_dataclass(kind)]
    return tuple(field.name for kind in kinds for field in fields(kind))


_FORM = {name: _names_in(hint) for name, hint in get_type_hints(SelfReport).items() if name != "safety"}
