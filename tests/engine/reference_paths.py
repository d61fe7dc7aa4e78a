"""The steps that are due on begun paths, read slowly from the design."""

from typing import NamedTuple

from app.engine.history import History
from app.engine.ruleset import Ruleset
from app.engine.self_report import Agreed


class Step(NamedTuple):
    activity: str
    path: str
    number: int
    steps: int
    rests_on: str | None


def steps_due(ruleset: Ruleset, agreed: Agreed, past: History) -> list[Step]:
    """Of each path the first step that was not done since it was begun, is not unwanted, and may come now."""
    activities = {activity.id: activity for activity in ruleset.activities}
    paths = {path.id: path for path in ruleset.paths}
    due = []
    for id_, begun in past.paths:
        if id_ not in paths:
            continue
        path = paths[id_]
        for number, step in enumerate(path.steps, 1):
            was_done = any(activity == step and ago <= begun for activity, ago in past.done)
            is_for_both_alone = activities[step].together and id_ not in agreed.paths
            if not (was_done or step in past.unwanted or is_for_both_alone):
                due.append(Step(step, id_, number, len(path.steps), path.rests_on))
                break
    return due
