"""What a partner's view is made from, as far as it is their own: two statements. The other's part is in `reports`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Select, bindparam, null, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedStatement
from app.store.queries.decisions import LATEST
from app.store.queries.reports import HELD, OWN
from app.store.schema.choices import choices
from app.store.schema.feedback import feedback


def _reports_with_what_stands_beside_them() -> Select[Any]:
    lately = OWN.limit(bindparam("most", type_=Integer)).subquery("lately")
    held = HELD.with_only_columns(*[each.label("held") for each in HELD.selected_columns]).subquery("held")
    decision = LATEST.with_only_columns(
        *[each.label(f"decision_{each.name}") for each in LATEST.selected_columns]
    ).subquery("decision")
    return select(*lately.c, *held.c, *decision.c).select_from(
        lately.outerjoin(held, true()).outerjoin(decision, true())
    )


OF_PARTNER = PreparedStatement(_reports_with_what_stands_beside_them())
_PAST = PreparedStatement(
    select(feedback.c.key, feedback.c.id, feedback.c.given_on, null().label("mark"), feedback.c.sealed)
    .where(feedback.c.partner_key == bindparam("partner"))
    .union_all(
        select(null(), null(), null(), choices.c.mark, choices.c.sealed).where(
            choices.c.partner_key == bindparam("partner")
        )
    )
    .order_by("given_on", "key")
)

Found = Row[*tuple[Any, ...]]


async def of_partner(connection: AsyncConnection, partner: UUID, most: int) -> Sequence[Found]:
    """Both parts of the newest reports, the newest first. Each row has beside it what is held of safety answers, and
    what the latest decision is known by.
    """
    found = await OF_PARTNER.all(connection, partner=partner, most=most)
    return sorted(found, key=lambda row: (row.reported_at, row.key), reverse=True)


async def past_of_partner(connection: AsyncConnection, partner: UUID) -> tuple[Sequence[Found], Sequence[Found]]:
    """Choices, and feedback from the oldest on."""
    found = await _PAST.all(connection, partner=partner)
    return [row for row in found if row.mark is not None], [row for row in found if row.mark is None]
