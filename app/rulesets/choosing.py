"""What choosing looks at, and the opening sentences of a view, from their files."""

import re
from typing import Literal, get_args

from app.engine.conditions import All, Condition, clauses
from app.engine.ruleset import Choosing, Lead, Opening, Precedence
from app.engine.vocabulary import ANSWERS
from app.rulesets.content_reader import ReadContext, check_id, check_people, read_fields
from app.rulesets.library import wordings_of
from app.rulesets.rules import read_condition
from app.rulesets.strict_yaml import Node, Record

_SIZES = ("begin_small", "keep_short", "hour", "afternoon")
_SLOT = re.compile(r"\{([^{}|]*)[^{}]*\}")
_SLOT_WITHOUT_FORMS = re.compile(r"\{[^{}|]*\} hours?\b")
OpeningPart = Literal["good", "hard", "alone"]


def read_choosing(context: ReadContext) -> Choosing:
    """Read `choosing.yaml`: conditions that bound a place of the list, precedences between strategies, and leads."""
    file = context.open("choosing.yaml")
    if file is None:
        return Choosing(All(()), All(()), All(()), All(()), ())
    part = file.need("sizes")
    sizes = Record(part) if part else None
    conditions = {name: _condition(context, sizes.need(name)) if sizes else All(()) for name in _SIZES}
    if sizes:
        sizes.close()
    precedences = tuple(_precedence(context, id_, entry) for id_, entry in file.records("precedences"))
    ids = [activity.id for activity in context.activities]
    leads = tuple(_lead(context, id_, entry, ids) for id_, entry in file.records("leads"))
    own_leads = tuple(_lead(context, id_, entry, ids) for id_, entry in file.records("on_your_own"))
    named = file.need("welcome")
    welcome = named.words(ids) if named and ids else ()
    file.close()
    return Choosing(**conditions, precedences=precedences, leads=leads, own_leads=own_leads, welcome=welcome)


def _precedence(context: ReadContext, id_: str, record: Record) -> Precedence:
    check_id(record.node, id_, kind="a precedence")
    when = _condition(context, record.need("when"))
    named, strategies = record.need("strategy"), [strategy.id for strategy in context.strategies]
    strategy = named.word(strategies) if named and strategies else ""
    return read_fields(record, Precedence, id=id_, when=when, strategy=strategy, claims=_grounds(context, record))


def _lead(context: ReadContext, id_: str, record: Record, activities: list[str]) -> Lead:
    check_id(record.node, id_, kind="a lead")
    when = _condition(context, record.need("when"))
    named = record.need("begin_with")
    ids = named.words(activities) if named and activities else ()
    return read_fields(record, Lead, id=id_, when=when, activities=ids, claims=_grounds(context, record))


def _grounds(context: ReadContext, record: Record) -> tuple[str, ...]:
    """Return the claims behind a choice; none where it is our own judgement."""
    origin = record.get("origin")
    if origin and origin.text() != "product":
        origin.wrong("a choice rests on claims, or on our own judgement: `origin: product`")
    return context.cited(record, required=origin is None)


def read_openings(context: ReadContext) -> tuple[Opening, ...]:
    """Read `openings.yaml`: sentences on the reader's own answers, those that matter most first."""
    return tuple(_opening(context, id_, record) for id_, record in context.records("openings.yaml", "an opening"))


def _opening(context: ReadContext, id_: str, record: Record) -> Opening:
    node = record.node
    part = record.word("part", get_args(OpeningPart))
    when = _condition(context, record.need("when"))
    # In a quiet view nothing private is known, so such a sentence is not said there.
    if part != "alone" and any(clause.finding in context.private for clause in clauses(when)):
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


def _condition(context: ReadContext, node: Node | None) -> Condition:
    return read_condition(context, node) or All(())
