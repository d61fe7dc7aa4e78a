"""Paths from their file: series of activities, each step leading to the next."""

from app.engine.ruleset import Activity, ActivityPath, Finding
from app.rulesets.content_reader import ReadContext, check_id
from app.rulesets.strict_yaml import Node, Record

FEWEST_STEPS, MOST_STEPS = 4, 6


def read_paths(
    context: ReadContext, activities: tuple[Activity, ...], findings: tuple[Finding, ...]
) -> tuple[ActivityPath, ...]:
    """Read `paths.yaml`: the paths in their order, with steps that are activities."""
    joint = {activity.id: activity.together for activity in activities}
    private = tuple(finding.id for finding in findings if finding.label == "private")
    return tuple(_path(context, id_, node, joint, private) for id_, node in context.entries("paths.yaml"))


def _path(context: ReadContext, id_: str, node: Node, joint: dict[str, bool], private: tuple[str, ...]) -> ActivityPath:
    check_id(node, id_, kind="a path")
    record, key = Record(node), f"paths/{id_}"
    context.texts_of(record, key, "title", "summary")
    steps = _steps(record, joint)
    part = record.get("rests_on")
    # Where no finding could be read, that is the mistake.
    rests_on = part.word(private) if part and private else None
    claims, grade = context.cited(record, required=True), context.evidence(record, key)
    record.close()
    return ActivityPath(id_, steps, claims, grade, rests_on)


def _steps(record: Record, joint: dict[str, bool]) -> tuple[str, ...]:
    part = record.need("steps")
    if part is None or not joint:
        return ()
    steps = part.words(tuple(joint))
    if part.is_list and not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        part.wrong(f"a path has {FEWEST_STEPS} to {MOST_STEPS} steps")
    if steps and all(joint.get(step, False) for step in steps):
        part.wrong("at least one step is for one alone; joint ones come only where both began the path")
    return steps
