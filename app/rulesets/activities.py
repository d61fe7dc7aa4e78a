"""Strategies, practices, purposes and activities, from their files."""

from typing import get_args

from app.engine.ruleset import Activity, Grade, Practice, Purpose, Repeat, Strategy
from app.engine.vocabulary import KINDS, PRACTICES
from app.rulesets.content_files import files_in
from app.rulesets.content_reader import ReadContext, check_id, read_fields
from app.rulesets.strict_yaml import Node, Record

_STRATEGIES = ("quality_time", "structured_exercises", "new_experiences")
_MOST_MINUTES = 2880
_MOST_KINDS = 3
WORDINGS = range(2, 7)
"""The fewest and the most wordings of a purpose's `why`."""
_ADD_ON = "affection"
"""The one practice whose activities may be of the kind `touch`, for it needs a yes of both."""


def read_strategies(context: ReadContext) -> tuple[Practice, ...]:
    """Read `strategies.yaml`: the article's three with their practices, the add-on, and the purposes of each."""
    file = context.open("strategies.yaml")
    if file is None:
        return ()
    strategies: list[Strategy] = []
    practices: list[Practice] = []
    purposes: dict[str, Purpose] = {}
    for id_, record in file.records("strategies"):
        claims, grade = _described(context, record, f"strategies/{id_}")
        context.wordings(record, "why", f"strategies/{id_}/why")
        own = [_practice(context, name, part, id_, purposes) for name, part in record.records("practices")]
        record.close()
        practices += own
        strategies.append(Strategy(id_, tuple(practice.id for practice in own), claims, grade))
    practices += [_practice(context, id_, record, None, purposes) for id_, record in file.records("add_ons")]
    file.close()
    _check_complete(file.node, tuple(s.id for s in strategies), tuple(practice.id for practice in practices))
    context.strategies, context.purposes = tuple(strategies), tuple(purposes.values())
    return tuple(practices)


def _practice(
    context: ReadContext, id_: str, record: Record, strategy: str | None, purposes: dict[str, Purpose]
) -> Practice:
    """Read one practice, and add its purposes to those that were read before."""
    claims, grade = _described(context, record, f"practices/{id_}")
    part = record.need("purposes")
    own = part.entries() if part else {}
    for name, node in own.items():
        check_id(node, name, kind="a purpose")
        if name in PRACTICES or name in purposes:
            node.key.wrong(f"`{name}` is the id of another purpose or of a practice; ids are given once")
        purposes[name] = _purpose(context, name, Record(node), id_)
    if part and part.is_mapping and not own:
        part.wrong("a practice has at least one purpose")
    record.close()
    return Practice(id_, strategy, tuple(own), claims, grade)


def _purpose(context: ReadContext, id_: str, record: Record, practice: str) -> Purpose:
    key = f"purposes/{id_}"
    context.text(record, "title", f"{key}/title")
    part = record.need("why")
    wordings = part.items() if part else []
    if part and part.is_list and len(wordings) not in WORDINGS:
        part.wrong("a purpose has two to six wordings of its `why`")
    for number, wording in enumerate(wordings):
        context.take(wording, f"{key}/why/{number}")
    claims, grade = context.cited(record, required=True), context.evidence(record, key)
    is_serious = record.truth("serious", default=False)
    is_for_oneself = record.truth("for_oneself", default=False)
    is_on_quarrels = record.truth("on_quarrels", default=False)
    record.close()
    return Purpose(id_, practice, claims, grade, is_serious, is_for_oneself, is_on_quarrels)


def _described(context: ReadContext, record: Record, key: str) -> tuple[tuple[str, ...], Grade]:
    context.texts_of(record, key, "title", "summary")
    return context.cited(record, required=True), context.evidence(record, key)


def _check_complete(node: Node, strategies: tuple[str, ...], practices: tuple[str, ...]) -> None:
    if strategies != _STRATEGIES:
        node.wrong(f"the strategies are, in this order: {', '.join(_STRATEGIES)}")
    if practices != PRACTICES:
        node.wrong(f"the practices are, in this order: {', '.join(PRACTICES)}")


def read_activities(context: ReadContext) -> tuple[Activity, ...]:
    """Read `activities/<practice>.yaml`: the activities of one practice, one entry each."""
    activities: dict[str, Activity] = {}
    for practice in files_in(context.root / "activities"):
        node = context.open_node(f"activities/{practice}.yaml")
        if node and practice not in PRACTICES:
            node.wrong(f"there is no practice `{practice}`; practices: {', '.join(PRACTICES)}")
            continue
        for id_, part in (node.entries() if node else {}).items():
            check_id(part, id_, kind="an activity")
            if id_ in activities:
                part.wrong(f"`{id_}` is also an activity of {activities[id_].practice}; ids are given once")
            activities[id_] = _activity(context, id_, practice, part)
    return tuple(activities.values())


def _activity(context: ReadContext, id_: str, practice: str, node: Node) -> Activity:
    record, key = Record(node), f"activities/{id_}"
    context.texts_of(record, key, "title", "summary")
    _steps(context, record, f"{key}/steps")
    return read_fields(
        record,
        Activity,
        id=id_,
        purpose=_purpose_of(context, record, practice),
        practice=practice,
        minutes=record.integer("minutes", 1, _MOST_MINUTES),
        times_a_week=_times_a_week(record),
        kinds=_kinds(record, practice),
        novelty=record.integer("novelty", 0, 3),
        **context.grounds(record, key),
    )


def _purpose_of(context: ReadContext, record: Record, practice: str) -> str:
    part = record.need("purpose")
    named = context.purpose(part) if part else ""
    practices = {purpose.id: purpose.practice for purpose in context.purposes}
    if part and practices.get(named, practice) != practice:
        part.wrong(f"`{named}` is a purpose of {practices[named]}, so this stands in its file")
    return named


def _kinds(record: Record, practice: str) -> tuple[str, ...]:
    part = record.need("kinds")
    kinds = part.words(KINDS) if part else ()
    if part and "touch" in kinds and practice != _ADD_ON:
        part.wrong(f"only an activity of {_ADD_ON} is of the kind `touch`: it needs a yes of both")
    if part and part.is_list and not 1 <= len(kinds) <= _MOST_KINDS:
        part.wrong(f"an activity has one to {_MOST_KINDS} kinds")
    return kinds


def _steps(context: ReadContext, record: Record, key: str) -> None:
    part = record.need("steps")
    steps = part.items() if part else []
    if part and part.is_list and not steps:
        part.wrong("an activity says what to do: at least one step")
    for number, step in enumerate(steps):
        context.take(step, f"{key}/{number}")


def _times_a_week(record: Record) -> int | None:
    part = record.get("times_a_week")
    if record.word("repeat", get_args(Repeat)) == "ritual":
        return record.integer("times_a_week", 1, 7)
    if part is not None:
        part.wrong("only a `ritual` has times a week")
    return None
