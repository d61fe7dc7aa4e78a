"""Looks at what would change a page, by other ways than those by which the engine found it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from app.engine.answer_changes import Change
from app.engine.counterfactual import Alternative, Target, TargetStatus
from app.engine.explain import Explanation, explain
from app.engine.self_report import SelfReport
from app.engine.vocabulary import POOLED_PATHS
from app.rulesets.plain_reports import Answers, report_of
from verification.trials import Trial, TrialCheck

_MOST_CHANGES = 3


def _changes_do_what_they_say(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Answer each alternative anew, and each part of it, for one random activity, practice or strategy."""
    target = seen.random.choice(seen.random.choice(seen.ground.targets))
    details["explanations"] += 1
    for entry in _explained(seen, seen.mine, target).would_change:
        details["changes answered anew"] += 1
        yield from (f"{target.id}, {_said(entry.changes)}: {wrong}" for wrong in _wrong(seen, target, entry))


def _said(changes: Sequence[Change]) -> str:
    return " and ".join(f"{change.answer} {change.now} to {change.to}" for change in changes)


def _wrong(seen: Trial, target: Target, entry: Alternative) -> Iterator[str]:
    if not 0 < len(entry.changes) <= _MOST_CHANGES:
        yield "not one to three changes"
    for change in entry.changes:
        if not _is_for_the_viewer_to_decide(seen, change):
            yield f"{change.answer} is not for the viewer to decide"
        if _now(seen.drawn.mine, change.answer) != change.now:
            yield f"{change.answer} is not what is said to be now"
    stands = _stand(seen, target, entry.changes)
    if stands != entry.then:
        yield f"leads to {stands} and not to {entry.then}"
    for count in range(1, len(entry.changes)):
        for part in combinations(entry.changes, count):
            if _STANDINGS.index(_stand(seen, target, part)) >= _STANDINGS.index(entry.then):
                yield f"{_said(part)} would be enough"


_STANDINGS: tuple[TargetStatus, ...] = ("withheld", "not_suggested", "outranked", "suggested")


def _explained(seen: Trial, report: SelfReport, target: Target) -> Explanation:
    return explain(seen.compiled, report, seen.pooled, target, seen.agreed, seen.moment)


def _is_for_the_viewer_to_decide(seen: Trial, change: Change) -> bool:
    """An answer that is pooled and one can decide about; a veto stays a veto, and nobody is nudged towards touch."""
    group, name, *kind = change.answer.split(".")
    path = f"{group}.{name}"
    return path in seen.ground.actionable and path in POOLED_PATHS and change.now != "avoid" and kind != ["touch"]


def _now(answers: Answers, path: str) -> Any:
    group, name, *kind = path.split(".")
    group_answer = answers.get(f"{group}.{name}")
    return (group_answer or {}).get(kind[0]) if kind else group_answer


def _stand(seen: Trial, target: Target, changes: Sequence[Change]) -> TargetStatus:
    """Return the status once the answers are so: read from the page where the page shows it."""
    answers = {**seen.drawn.mine}
    for change in changes:
        group, name, *kind = change.answer.split(".")
        path = f"{group}.{name}"
        answers[path] = {**answers.get(path, {}), kind[0]: change.to} if kind else change.to
    report = report_of(answers)
    view = seen.see(report)
    status = _explained(seen, report, target).status
    on_page = {
        "activity": target.position in [suggestion.position for suggestion in view.activities],
        "strategy": any(way.strategy == target.id and way.standing != "not_now" for way in view.strategies),
        "practice": status == "suggested",
    }[target.kind]
    return "suggested" if on_page else "withheld" if status == "suggested" else status


LOOKS: Mapping[str, TrialCheck] = {"a-change-does-what-it-says": _changes_do_what_they_say}
