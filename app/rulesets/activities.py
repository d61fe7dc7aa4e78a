"""Strategies, practices and activities, from their files."""

from typing import cast, get_args

from app.engine.ruleset import (
    Activity,
    Ceiling,
    Children,
    ContentBasis,
    Cost,
    EnergyNeeded,
    Grade,
    Interaction,
    Practice,
    Repeat,
    Strategy,
    TalkNeeded,
    Tone,
)
from app.engine.self_report import HealthLimit
from app.engine.vocabulary import KINDS, PRACTICES
from app.rulesets.content_reader import ReadContext, check_id
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
        strategies.append(Strategy(id_, tuple(practice.id for practice in own), claims, cast(Grade, grade)))
    practices += [_practice(context, id_, record, None) for id_, record in file.records("add_ons")]
    file.close()
    _check_complete(file.node, tuple(s.id for s in strategies), tuple(practice.id for practice in practices))
    return tuple(strategies), tuple(practices)


def _practice(context: ReadContext, id_: str, record: Record, strategy: str | None) -> Practice:
    claims, grade = _described(context, record, f"practices/{id_}")
    record.close()
    return Practice(id_, strategy, claims, cast(Grade, grade))


def _described(context: ReadContext, record: Record, key: str) -> tuple[tuple[str, ...], str]:
    context.text(record, "title", f"{key}/title")
    context.text(record, "summary", f"{key}/summary")
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
    record = Record(node)
    context.text(record, "title", f"activities/{id_}/title")
    context.text(record, "summary", f"activities/{id_}/summary")
    _steps(context, record, f"activities/{id_}/steps")
    repeat = record.word("repeat", get_args(Repeat))
    basis, claims = context.basis(record)
    activity = Activity(
        id=id_,
        practice=practice,
        minutes=record.integer("minutes", 1, _MOST_MINUTES),
        times_a_week=_times_a_week(record, repeat),
        repeat=cast(Repeat, repeat),
        together=record.truth("together"),
        cost=cast(Cost, record.word("cost", get_args(Cost))),
        kinds=_kinds(record),
        interaction=cast(Interaction, record.word("interaction", get_args(Interaction))),
        talk=cast(TalkNeeded, record.word("talk", get_args(TalkNeeded))),
        novelty=record.integer("novelty", 0, 3),
        energy=cast(EnergyNeeded, record.word("energy", get_args(EnergyNeeded))),
        children=cast(Children, record.word("children", get_args(Children))),
        remote=record.truth("remote"),
        unsuitable_for=record.words("unsuitable_for", get_args(HealthLimit)),
        conflict_ceiling=cast(Ceiling, record.word("conflict_ceiling", get_args(Ceiling))),
        fixed_end=record.truth("fixed_end"),
        tones=cast("tuple[Tone, ...]", record.words("tones", get_args(Tone))),
        alcohol=record.truth("alcohol"),
        parents_only=record.truth("parents_only", default=False),
        apart_only=record.truth("apart_only", default=False),
        basis=cast(ContentBasis, basis),
        claims=claims,
        grade=cast(Grade, context.evidence(record, f"activities/{id_}")),
    )
    record.close()
    return activity


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


def _times_a_week(record: Record, repeat: str) -> int | None:
    part = record.get("times_a_week")
    if repeat == "ritual":
        return record.integer("times_a_week", 1, 7)
    if part is not None:
        part.wrong("only a `ritual` has times a week")
    return None
