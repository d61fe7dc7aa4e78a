"""What choosing looks at, and the opening sentences of a view, from their files."""

import re
from typing import Literal, get_args

from app.engine.conditions import All, Condition, clauses
from app.engine.ruleset import Activity, Choosing, Finding, Lead, Opening, Precedence, Strategy
from app.engine.vocabulary import ANSWERS
from app.rulesets.content_reader import ReadContext, check_id, check_people
from app.rulesets.library import wordings_of
from app.rulesets.rules import read_condition
from app.rulesets.strict_yaml import Node, Record

_SIZES = ("begin_small", "keep_short", "hour", "afternoon")
_SLOT = re.compile(r"\{([^{}|]*)[^{}]*\}")
_SLOT_WITHOUT_FORMS = re.compile(r"\{[^{}|]*\} hours?\b")
OpeningPart = Literal["good", "hard", "alone"]


def read_choosing(
    context: ReadContext,
    findings: tuple[Finding, ...],
    strategies: tuple[Strategy, ...],
    activities: tuple[Activity, ...],
) -> Choosing:
    """Read `choosing.yaml`: conditions that bound a place of the list, precedences between strategies, and leads."""
    file = context.open("choosing.yaml")
    if file is None:
        return Choosing(All(()), All(()), All(()), All(()), ())
    part = file.need("sizes")
    sizes = Record(part) if part else None
    conditions = {name: _condition(sizes.need(name), findings) if sizes else All(()) for name in _SIZES}
    if sizes:
        sizes.close()
    precedences = tuple(
        _precedence(context, id_, entry, findings, strategies) for id_, entry in file.records("precedences")
    )
    ids = [activity.id for activity in activities]
    leads, own_leads = (
        tuple(_lead(context, id_, entry, findings, ids) for id_, entry in file.records(part))
        for part in ("leads", "on_your_own")
    )
    named = file.need("welcome")
    welcome = named.words(ids) if named and ids else ()
    file.close()
    return Choosing(**conditions, precedences=precedences, leads=leads, own_leads=own_leads, welcome=welcome)


def _precedence(
    context: ReadContext, id_: str, record: Record, findings: tuple[Finding, ...], strategies: tuple[Strategy, ...]
) -> Precedence:
    check_id(record.node, id_, kind="a precedence")
    when = _condition(record.need("when"), findings)
    named = record.need("strategy")
    # Where no strategy could be read, that is the mistake; none of them is known then.
    strategy = named.word([entry.id for entry in strategies]) if named and strategies else ""
    claims = _grounds(context, record)
    record.close()
    return Precedence(id_, when, strategy, claims)


def _lead(context: ReadContext, id_: str, record: Record, findings: tuple[Finding, ...], activities: list[str]) -> Lead:
    check_id(record.node, id_, kind="a lead")
    when = _condition(record.need("when"), findings)
    named = record.need("begin_with")
    # Where no activity could be read, that is the mistake; none of them is known then.
    ids = named.words(activities) if named and activities else ()
    lasts = record.truth("lasts", default=False)
    life_event = record.truth("life_event", default=False)
    claims = _grounds(context, record)
    record.close()
    return Lead(id_, when, ids, claims, lasts, life_event)


def _grounds(context: ReadContext, record: Record) -> tuple[str, ...]:
    """Return the claims behind a choice; none where it is our own judgement."""
    origin = record.get("origin")
    if origin and origin.text() != "product":
        origin.wrong("a choice rests on claims, or on our own judgement: `origin: product`")
    return context.cited(record, required=origin is None)


def read_openings(context: ReadContext, findings: tuple[Finding, ...]) -> tuple[Opening, ...]:
    """Read `openings.yaml`: sentences on the reader's own answers, those that matter most first."""
    return tuple(_opening(context, id_, node, findings) for id_, node in context.entries("openings.yaml"))


def _opening(context: ReadContext, id_: str, node: Node, findings: tuple[Finding, ...]) -> Opening:
    check_id(node, id_, kind="an opening")
    record = Record(node)
    part = record.word("part", get_args(OpeningPart))
    when = _condition(record.need("when"), findings)
    private = {finding.id for finding in findings if finding.label == "private"}
    # In a quiet view nothing private is known, so such a sentence is not said there.
    if part != "alone" and any(clause.finding in private for clause in clauses(when)):
        node.wrong("only an opening with `part: alone` reads private findings: nothing cheerful may stand beside them")
    slots = record.words("needs", tuple(ANSWERS), needed=False)
    context.wordings(record, "says", f"openings/{id_}/says")
    if part == "good":
        context.wordings(record, "beside", f"openings/{id_}/beside")
    for text in wordings_of(context.texts, f"openings/{id_}/says"):
        if {*_SLOT.findall(text)} != {*slots}:
            node.wrong("the numbers in braces are those that `needs` lists")
        if _SLOT_WITHOUT_FORMS.search(text):
            node.wrong("a number has a word for one and for several, as in `{time_together.hours_per_week|hour|hours}`")
    check_people(record)
    record.close()
    return Opening(id_, part == "good", when, slots, part == "alone")


def _condition(node: Node | None, findings: tuple[Finding, ...]) -> Condition:
    if node is None or not findings:
        return All(())
    return read_condition(node, {finding.id: finding.values for finding in findings}) or All(())
