"""What a simulation has found, as plain data: the JSON report, and all that the page shows."""

from collections.abc import Mapping
from typing import Any

from app.engine.ruleset import Rule
from app.rulesets.library import SOURCE_LOCALE, Library
from verification.cases import cases
from verification.comparison import EVERYONE, Comparison
from verification.simulate import Counted, Task

FEWEST = 10
"""Of real couples, smaller groups than this are not counted out loud."""

_KINDS = ("changed", "outcome", "leading", "suggested", "order", "practice", "need", "insight")
_NOT_COVERED = (
    "Which activities a practice is met with is not counted over all couples; it is looked at in a part of them.",
    "Questions that a view asks next, and the words of texts, are not compared.",
)

Cell = int | None
"""A count; None where it is too small to be shown."""


def outcome(task: Task, comparison: Comparison, libraries: tuple[Library, Library], counted: Counted) -> dict[str, Any]:
    """Everything, in the order in which it is read. The same input gives the same bytes."""
    old, new = libraries
    tally, probe = counted
    is_real = task.reports is not None
    rows = {name: tally.counts[i] for i, name in enumerate(comparison.measures)}
    columns = {segment.id: i for i, segment in enumerate(comparison.segments)}

    def cell(measure: str, segment: str = EVERYONE) -> Cell:
        count = int(rows[measure][columns[segment]]) if measure in rows else 0
        return None if is_real and 0 < count < FEWEST else count

    return {
        "old": {"version": old.version, "digest": old.digest},
        "new": {"version": new.version, "digest": new.digest},
        "couples": {
            "from": "a file of reports" if is_real else "a synthetic population",
            "is_synthetic": not is_real,
            "seed": None if is_real else task.seed,
            "count": tally.couples,
            "with_a_changed_view": None if is_real and 0 < tally.couples_changed < FEWEST else tally.couples_changed,
        },
        "segments": [
            {"id": segment.id, "title": segment.title, "views": cell("views", segment.id)}
            | {"support": cell("support", segment.id)}
            | {kind: cell(kind, segment.id) for kind in _KINDS}
            for segment in comparison.segments
        ],
        "leading": [
            {"before": measure.split("/")[1], "after": measure.split("/")[2], "views": cell(measure)}
            for measure in comparison.measures
            if measure.startswith("flow/")
        ],
        "practices": [
            {"id": practice.id, "title": _text(new, f"practices/{practice.id}/title")}
            | {part: cell(f"practice/{practice.id}/{part}") for part in ("old", "new", "gained", "lost")}
            for practice in new.ruleset.practices
        ],
        "rules": _rules(old, new, cell),
        "activities": {"views": probe.views, "other_list": probe.activities, "other_first": probe.first},
        "titles": {
            each.id: _text(library, f"strategies/{each.id}/title")
            for library in libraries
            for each in library.ruleset.strategies
        },
        "cases": [] if is_real else cases(tally, old, new),
        "not_covered": list(_NOT_COVERED),
    }


def _rules(old: Library, new: Library, cell: Any) -> list[dict[str, Any]]:
    was, is_ = (_in_force(library) for library in (old, new))
    rules = []
    for id_ in dict.fromkeys((*was, *is_)):
        change = _change(was.get(id_), is_.get(id_))
        counts = {part: cell(f"rule/{id_}/{part}") for part in ("old", "new", "changed")}
        if change != "same" or counts["changed"] != 0:
            title = _text(new if id_ in is_ else old, f"rules/{id_}/title")
            rules.append({"id": id_, "title": title, "change": change} | counts)
    return rules


def _in_force(library: Library) -> Mapping[str, Rule]:
    return {rule.id: rule for rule in library.ruleset.rules if rule.status != "retired"}


def _change(was: Rule | None, is_: Rule | None) -> str:
    if was is None or is_ is None:
        return "added" if was is None else "removed"
    decides = [(r.when, r.suggests, r.need, r.withholds, r.withholds_tones) for r in (was, is_)]
    return "same" if decides[0] == decides[1] else "changed"


def _text(library: Library, key: str) -> str:
    return library.texts[SOURCE_LOCALE][key]
