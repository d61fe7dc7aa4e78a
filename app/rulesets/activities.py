"""Strategies, practices and activities, from their files."""

from typing import get_args

from app.engine.ruleset import Activity, Grade, Practice, Repeat, Strategy
from app.engine.vocabulary import KINDS, PRACTICES
from app.rulesets.content_reader import ReadContext, check_id, read_fields
from app.rulesets.strict_yaml import Node, Record, files_in

_STRATEGIES = ("quality_time", "structured_exercises", "new_experiences")
_MOST_MINUTES = 2880
_MOST_KINDS = 3


def read_strategies(context: ReadContext) -> tuple[tuple[Strategy, ...], tuple[Practice, ...]]:
    """Read `strategies.yaml`: the article's three with their practices, and the add-on."""
    file = context.open("strategies.yaml")
    if file is None:
        return (), ()
    strategies, practices = [], []
    for id_, record in file.records("strategies"):
        claims, grade = _described(context, record, f"strategies/{id_}")
        own = [_practice(context, name, part, id_) for name, part in record.records("practices")]
        record.close()
        practices += own
        strategies.append(Strategy(id_, tuple(practice.id for practice in own), claims, grade))
    practices += [_practice(context, id_, record, None) for id_, record in file.records("add_ons")]
    file.close()
    _check_complete(file.node, tuple(s.id for s in strategies), tuple(practice.id for practice in practices))
    return tuple(strategies), tuple(practices)


def _practice(context: ReadContext, id_: str, record: Record, strategy: str | None) -> Practice:
    claims, grade = _described(context, record, f"practices/{id_}")
    record.close()
    return Practice(id_, strategy, claims, grade)


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
        practice=practice,
        minutes=record.integer("minutes", 1, _MOST_MINUTES),
        times_a_week=_times_a_week(record),
        kinds=_kinds(record),
        novelty=record.integer("novelty", 0, 3),
        **context.grounds(record, key),
    )


def _kinds(record: Record) -> tuple[str, ...]:
    part = record.need("kinds")
    kinds = part.words(KINDS) if part else ()
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
