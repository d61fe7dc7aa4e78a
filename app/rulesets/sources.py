"""Claims and references, questions, help lines and fixed sentences, from their files."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, get_args

from app.engine.self_report import GRAVEST_FIRST, SAFETY_LINES
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS
from app.rulesets.content_files import files_in
from app.rulesets.content_reader import ReadContext, decimal, read_fields
from app.rulesets.library import Claim, HelpLine, Question, Reference
from app.rulesets.strict_yaml import Node, Record

PHRASES = (
    "not_therapy",
    "one_heard",
    "one_heard_proposal",
    "kept_small",
    "shorter_now",
    "shorter_now_one",
    "lighter_now",
    "lighter_now_one",
    "cheaper_now",
    "cheaper_now_one",
    "slot_unknown",
    "budget_unknown",
    "answers_may_change",
    "taste_love",
    "taste_like",
    "not_the_moment",
    "nothing_today",
    "not_willing",
    "not_for_us",
    "put_off",
    "done_lately",
    "ask_next_often",
    "ask_next_sometimes",
    "blocked_longest_slot_minutes",
    "blocked_longest_slot_minutes_unknown",
    "blocked_minutes_per_week",
    "blocked_budget",
    "blocked_budget_unknown",
    "blocked_energy",
    "blocked_comfort_zone",
    "blocked_health_limits",
    "blocked_alcohol_free",
    "blocked_likes",
    "blocked_conflict",
    "blocked_children",
    "blocked_childcare",
    "blocked_home",
    "blocked_awake_together",
    "blocked_living",
    "blocked_living_apart",
    "blocked_season",
    "blocked_counts_as_quality_time",
    "blocked_both_of_you",
    "blocked_private",
    "why_none_veto",
    "why_none_given",
    "why_none_not_yours_alone",
    "why_none_too_much",
    "why_none_not_called_for",
    "why_none_others_first",
    "why_none_your_choice",
    "why_none_resting",
    "why_none_put_aside",
)
ConsentPurpose = Literal["processing", "pooling"]
PURPOSES: tuple[ConsentPurpose, ...] = get_args(ConsentPurpose)
PlanTitle = Literal["reserved", "time_out", "errand", "call", "evening", "walk", "meal", "class", "trip"]
PLAN_TITLES: tuple[PlanTitle, ...] = get_args(PlanTitle)
_CLAIMS = tuple(f"C{number:02}" for number in range(1, 57))
_REFERENCES = ("1", "2", "3", "4", "5")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINK = re.compile(r"(?:tel|sms|https):[^\s]+")


def read_claims(context: ReadContext) -> tuple[dict[str, Claim], dict[int, Reference]]:
    """Read `claims.yaml`: what the source article claims, and its references as printed and as verified."""
    file = context.open("claims.yaml")
    if file is None:
        return {}, {}
    claims = {id_: _claim(context, id_, record) for id_, record in file.records("claims")}
    references = {id_: _reference(context, id_, record) for id_, record in file.records("references")}
    file.close()
    if tuple(claims) != _CLAIMS:
        file.node.wrong(f"the claims are {_CLAIMS[0]} to {_CLAIMS[-1]}, in this order")
    if tuple(references) != _REFERENCES:
        file.node.wrong(f"the references are {', '.join(_REFERENCES)}, in this order")
    return claims, {reference.number: reference for reference in references.values()}


def _claim(context: ReadContext, id_: str, record: Record) -> Claim:
    context.texts_of(record, f"claims/{id_}", "section", "text")
    part, grade = record.get("reference"), context.evidence(record, f"claims/{id_}")
    reference = part.integer(1, len(_REFERENCES)) if part else None
    claim = read_fields(record, Claim, id=id_, reference=reference, grade=grade)
    if (claim.support == "asserted") != (claim.reference is None):
        record.node.wrong("`support: asserted` goes with a claim that has no printed reference, and only with one")
    return claim


def _reference(context: ReadContext, id_: str, record: Record) -> Reference:
    context.texts_of(record, f"references/{id_}", "supports")
    return read_fields(record, Reference, number=int(id_) if id_ in _REFERENCES else 0)


def read_questions(context: ReadContext) -> tuple[tuple[str, ...], tuple[Question, ...]]:
    """Read `questions.yaml`: the self-report as a form, in display order."""
    file = context.open("questions.yaml")
    if file is None:
        return (), ()
    groups = tuple(_group(context, Record(item)) for item in file.items("groups"))
    questions = tuple(_question(context, Record(item), groups) for item in file.items("questions"))
    file.close()
    ids = [question.id for question in questions]
    missing = [path for path in ANSWERS if path not in ids]
    if missing:
        file.node.wrong(f"no question asks for {', '.join(missing)}")
    if len(set(ids)) < len(ids):
        file.node.wrong(f"asked for twice: {', '.join(sorted({path for path in ids if ids.count(path) > 1}))}")
    return groups, questions


def _group(context: ReadContext, record: Record) -> str:
    id_ = record.text("id")
    context.texts_of(record, f"questions/groups/{id_}", "title", "intro")
    record.close()
    return id_


def _question(context: ReadContext, record: Record, groups: tuple[str, ...]) -> Question:
    id_ = record.word("id", tuple(ANSWERS))
    key, answer = f"questions/{id_}", ANSWERS[id_]
    context.texts_of(record, key, "text", "help")
    levels, with_help = _levels(context, record.items("levels", needed=False), key)
    question = read_fields(
        record,
        Question,
        id=id_,
        group=record.word("group", groups or ("",)),
        levels=tuple(sorted(POOLED_PATHS)) if id_ == "keep_private" else levels,
        levels_with_help=with_help,
        keys=_keys(context, record.items("keys", needed=False), key),
        minimum=decimal(record.get("min")),
        maximum=decimal(record.get("max")),
        step=decimal(record.get("step")),
        ask_every_days=record.integer("ask_every_days", 1, 365),
        show_when=_show_when(record.get("show_when")),
        claims=context.cited(record, required=False),
    )
    if question.input not in (answer.shape, "picks" if answer.shape == "map_of_choices" else answer.shape):
        record.node.wrong(f"`{id_}` is asked for as `{answer.shape}`")
    if question.audience != answer.label:
        record.node.wrong(f"the audience of `{id_}` is `{answer.label}`")
    if answer.levels and id_ != "keep_private" and levels != answer.levels:
        record.node.wrong(f"the levels of `{id_}` are, in this order: {', '.join(answer.levels)}")
    return question


def _levels(context: ReadContext, items: list[Node], key: str) -> tuple[tuple[str, ...], frozenset[str]]:
    values, with_help = [], set()
    for item in items:
        record = Record(item)
        value = record.text("value")
        context.text(record, "label", f"{key}/labels/{value}")
        if record.get("help"):
            context.text(record, "help", f"{key}/helps/{value}")
            with_help.add(value)
        record.close()
        values.append(value)
    return tuple(values), frozenset(with_help)


def _keys(context: ReadContext, items: list[Node], key: str) -> tuple[str, ...]:
    values = []
    for item in items:
        record = Record(item)
        value = record.word("value", KINDS)
        context.text(record, "label", f"{key}/keys/{value}/label")
        record.close()
        values.append(value)
    return tuple(values)


def _show_when(node: Node | None) -> tuple[str, tuple[str, ...]] | None:
    if node is None:
        return None
    record = Record(node)
    question = record.word("question", tuple(ANSWERS))
    levels = ANSWERS[question].levels or ("true", "false")
    shown = question, record.words("in", levels)
    record.close()
    return shown


def read_help(context: ReadContext) -> tuple[HelpLine, ...]:
    """Read `help/<country>.yaml`: verified lines, and those that serve everywhere."""
    lines = []
    for name in files_in(context.root / "help"):
        node = context.open_node(f"help/{name}.yaml")
        if node and name != "everywhere" and not _COUNTRY.fullmatch(name):
            node.wrong(f"`{name}` is not a country in two capital letters, such as `GB`, nor `everywhere`")
        for id_, part in (node.entries() if node else {}).items():
            lines.append(_help_line(id_, Record(part), None if name == "everywhere" else name))
    return tuple(lines)


def _help_line(id_: str, record: Record, country: str | None) -> HelpLine:
    links = record.items("links")
    for link in links:
        if not _LINK.fullmatch(link.text()):
            link.wrong("a link begins with `tel:`, `sms:` or `https:` and has no blanks")
    line = read_fields(
        record,
        HelpLine,
        id=id_,
        country=country,
        links=tuple(link.text() for link in links),
        kinds=record.words("kinds", GRAVEST_FIRST),
        verified_on=_day(record, "verified_on"),
        review_by=_day(record, "review_by"),
    )
    if line.review_by <= line.verified_on != date.min:
        record.node.wrong("`review_by` is a day after `verified_on`")
    return line


def _day(record: Record, key: str) -> date:
    part = record.need(key)
    text = part.text() if part else ""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        if part and text:
            part.wrong(f"`{text}` is not a day; write it as 2026-11-22")
        return date.max if key == "review_by" else date.min


def read_fixed_texts(context: ReadContext) -> None:
    """Read `support.yaml`, `consents.yaml` and `phrases.yaml`."""
    for kind, record in _records(context, "support", (*GRAVEST_FIRST, "no_line")):
        context.text(record, "text", f"support/{kind}")
        lines = ("begins", "thanks", "page") if kind in GRAVEST_FIRST else ()
        for line in (*lines, *(SAFETY_LINES if kind == "danger" else ())):
            context.text(record, line, f"support/{kind}_{line}")
    for purpose, record in _records(context, "consents", PURPOSES):
        context.texts_of(record, f"consents/{purpose}", "version", "text", "on_withdrawal")
    phrases = context.open("phrases.yaml")
    if phrases:
        context.texts_of(phrases, "phrases", *PHRASES)
        phrases.close()


def _records(context: ReadContext, name: str, keys: Iterable[str]) -> Iterator[tuple[str, Record]]:
    """Yield the record under each of these keys of a file, and close it behind its reader."""
    file = context.open(f"{name}.yaml")
    if file is None:
        return
    for key in keys:
        part = file.need(key)
        if part:
            record = Record(part)
            yield key, record
            record.close()
    file.close()
