"""Paths from their file: series of activities, each step leading to the next."""

from app.engine.ruleset import ActivityPath
from app.rulesets.content_reader import ReadContext
from app.rulesets.strict_yaml import Record

FEWEST_STEPS, MOST_STEPS = 4, 6


def read_paths(context: ReadContext) -> tuple[ActivityPath, ...]:
    """Read `paths.yaml`: the paths in their order, with steps that are activities."""
    joint = {activity.id: activity.together for activity in context.activities}
    return tuple(_path(context, id_, record, joint) for id_, record in context.records("paths.yaml", "a path"))


def _path(context: ReadContext, id_: str, record: Record, joint: dict[str, bool]) -> ActivityPath:
    context.texts_of(record, f"paths/{id_}", "title", "summary")
    steps = _steps(record, joint)
    part = record.get("rests_on")
    rests_on = part.word(context.private) if part and context.private else None
    claims, grade = context.cited(record, required=True), context.evidence(record, f"paths/{id_}")
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
