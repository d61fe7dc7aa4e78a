"""Self-reports for tests: only what matters to a test is spelled out, `a_report` fills in the rest."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.history import NO_HISTORY, History, Moment
from app.engine.offer import Offer, judge_pair, make_offer, read
from app.engine.ruleset import Activity
from app.engine.self_report import NO_AGREEMENT, Agreed, Conflict, PooledReport, SelfReport, pool
from app.engine.view import StrategyView, View
from app.engine.vocabulary import ANSWERS, GROUPS

REQUIRED: Mapping[str, Any] = {
    "time_together.hours_per_week": 4,
    "conflict.level": "occasional",
    "busyness.level": "normal",
    "activity_preferences.likes": {},
}


def _name_of(path: str) -> str:
    """`ease` for `communication.ease`; the three levels go by their group: `conflict`, `busyness`, `closeness`."""
    group, _, name = path.partition(".")
    return group if name in ("", "level") else name


PATHS_BY_NAME: Mapping[str, str] = {_name_of(path): path for path in ANSWERS}


def a_report(**said: Any) -> SelfReport:
    """A whole report: the four required answers, and what is said here by the answers' names. None leaves one out."""
    answers = dict(REQUIRED) | {PATHS_BY_NAME[name]: value for name, value in said.items()}
    return report_of({path: value for path, value in answers.items() if value is not None})


def pooled(**said: Any) -> PooledReport:
    """What the other partner pooled."""
    return pool(a_report(**said))


def without_private(report: SelfReport) -> SelfReport:
    """The report without private answers and without those kept from the pool."""
    pooled = pool(report)
    groups = {field.name: getattr(pooled, field.name) for field in fields(pooled)}
    if pooled.conflict:
        groups["conflict"] = Conflict(**{f.name: getattr(pooled.conflict, f.name) for f in fields(pooled.conflict)})
    return SelfReport(**groups)


def report_of(answers: Mapping[str, Any]) -> SelfReport:
    """A report from answers by their paths."""
    groups: dict[str, dict[str, Any]] = {}
    alone: dict[str, Any] = {}
    for path, value in answers.items():
        group, _, name = path.partition(".")
        held = frozenset(value) if isinstance(value, set | list | tuple) else value
        if name:
            groups.setdefault(group, {})[name] = held
        else:
            alone[group] = held
    return SelfReport(**alone, **{group: GROUPS[group](**held) for group, held in groups.items()})


def with_answer(report: SelfReport, path: str, value: Any) -> SelfReport:
    """The same report with one answer changed; None takes it away."""
    group, _, name = path.partition(".")
    held: Any = frozenset(value) if isinstance(value, set | list) else value
    if name:
        held = replace(getattr(report, group) or GROUPS[group](), **{name: held})
    changed: dict[str, Any] = {group: held}
    return replace(report, **changed)


def view_of(  # noqa: PLR0913  (what a view is made from)
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    most: int = 5,
    past: History = NO_HISTORY,
    agreed: Agreed = NO_AGREEMENT,
    *,
    quiet: bool = False,
) -> View:
    """One partner's view without a seed."""
    return evaluate(compiled, mine, theirs, agreed, Moment(history=past, limit=most), quiet=quiet)


def offer_to(
    compiled: CompiledRuleset, mine: SelfReport, theirs: PooledReport | None, agreed: Agreed = NO_AGREEMENT
) -> Offer:
    """What fits the two and is called for, before private answers take away."""
    own, other = read(compiled, pool(mine)), None if theirs is None else read(compiled, theirs)
    return make_offer(compiled, own, other, judge_pair(compiled, own, other, agreed), Moment())


def shown(compiled: CompiledRuleset, view: View) -> list[Activity]:
    """The activities of a view, in order."""
    return [compiled.index.order[suggestion.position] for suggestion in view.activities]


def ids(compiled: CompiledRuleset, view: View) -> list[str]:
    """The ids of its activities, in order."""
    return [activity.id for activity in shown(compiled, view)]


def practices(compiled: CompiledRuleset, view: View) -> list[str]:
    """The practices of its activities, in order."""
    return [activity.practice for activity in shown(compiled, view)]


def strategies(view: View) -> list[str]:
    """The strategies that are suggested, in order."""
    return [strategy.strategy for strategy in view.strategies if strategy.standing != "not_now"]


def strategy(view: View, name: str) -> StrategyView:
    return next(strategy for strategy in view.strategies if strategy.strategy == name)


def rules(view: View) -> set[str]:
    """Every rule or phrase that this view gives as a reason, for or against."""
    given = [reason for strategy in view.strategies for reason in strategy.reasons + strategy.withheld_by]
    given += [reason for suggestion in view.activities for reason in suggestion.reasons]
    return {reason.id for reason in given}


def withheld_by(view: View, name: str) -> set[str]:
    return {reason.id for reason in strategy(view, name).withheld_by}
