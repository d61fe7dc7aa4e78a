"""The steps of begun paths that are due to one partner."""

from collections.abc import Iterator
from typing import NamedTuple

from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import BegunPath, History
from app.engine.ruleset import ActivityPath
from app.engine.self_report import Agreed


class DueStep(NamedTuple):
    """The activity that is due on a path, as a set of one; `number` is its step, from 1."""

    bit: Mask
    path: ActivityPath
    number: int


def due_steps(compiled: CompiledRuleset, history: History, agreed: Agreed) -> tuple[DueStep, ...]:
    """Return the next step of each begun path: by what the reader did, and for two only where both began the path."""
    paths = {path.id: path for path in compiled.ruleset.paths}
    steps = (
        _due(compiled, history, paths[begun.path], begun, agreed) for begun in history.paths if begun.path in paths
    )
    return tuple([step for due in steps for step in due])


def open_steps(path: ActivityPath, history: History, begun: BegunPath) -> Iterator[tuple[int, str]]:
    """Yield the steps that a partner has still before them: neither done since they began, nor not for them."""
    done = {activity for activity, days_ago in history.done if days_ago <= begun.days_ago}
    for number, step in enumerate(path.steps, 1):
        if step not in done and step not in history.unwanted:
            yield number, step


def _due(
    compiled: CompiledRuleset, history: History, path: ActivityPath, begun: BegunPath, agreed: Agreed
) -> Iterator[DueStep]:
    index = compiled.index
    open_to_both = index.everything if path.id in agreed.paths else ~index.joint
    for number, step in open_steps(path, history, begun):
        bit = index.bit_of.get(step, 0) & open_to_both
        if bit:
            yield DueStep(bit, path, number)
            return
