"""The view of one partner, as ids and positions; a renderer adds the words."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.engine.answer_types import SupportKind
from app.engine.code_generation import Codes

ViewOutcome = Literal["suggestions", "nothing_now", "support"]
Standing = Literal["leading", "also", "not_now"]
Place = Literal["where_to_begin", "to_enjoy", "also_called_for", "something_different", "on_your_own"]
"""Why an activity stands on the menu. It never tells whose liking put it there."""

NOT_WILLING = "not_willing"
NOT_THE_MOMENT = "not_the_moment"
"""The one reason against something for every cause that is not the reader's own pooled answer."""
NOTHING_TODAY = "nothing_today"
"""The one reason against each strategy where nothing stands in a view, whatever its cause."""


class Because(NamedTuple):
    """A finding of the reader's own answers that made a rule fire, with its value."""

    finding: str
    level: str


# Compared by identity, which is quicker than by content and right because reasons are made once for a ruleset.
@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """A reason for or against something, by the id of the rule, strategy or phrase that puts it into words."""

    id: str
    because: tuple[Because, ...] = ()


class OwnVerdict(NamedTuple):
    """What the rules make of one partner's answers alone, as if the other had not answered.

    `codes` are the findings, `true` the conditions that hold.
    """

    codes: Codes
    true: int


class StrategyView(NamedTuple):
    """The standing of one strategy. `reasons` are for it, strongest first; `withheld_by` are against it now."""

    strategy: str
    rank: int
    standing: Standing
    reasons: tuple[Reason, ...]
    withheld_by: tuple[Reason, ...]


class StepOfPath(NamedTuple):
    """A step of a path, from 1, and how many the path has."""

    path: str
    number: int
    steps: int


class Suggestion(NamedTuple):
    """A suggested activity, by its position in the activity index, with its place and the reasons for it.

    `step` is the step that it is of a path begun.
    """

    position: int
    place: Place
    reasons: tuple[Reason, ...]
    step: StepOfPath | None = None


class OpeningSentence(NamedTuple):
    """A sentence on the reader's own answers, with the numbers that it names."""

    id: str
    values: tuple[float, ...]


class AskNext(NamedTuple):
    """An unanswered question, and in how many of a thousand sampled reports its answer changes what is offered."""

    question: str
    share: int


class View(NamedTuple):
    """A view of one partner. `support` lists the kinds that apply, gravest first; `turn` chooses among wordings.

    `marked` are the safety answers that have a line of their own; a stored view has none, for only kinds are stored.
    `verdict` serves the trace and is not shown itself.
    """

    outcome: ViewOutcome
    opening: tuple[OpeningSentence, ...]
    strategies: tuple[StrategyView, ...]
    activities: tuple[Suggestion, ...]
    insights: tuple[str, ...]
    ask_next: tuple[AskNext, ...]
    support: tuple[SupportKind, ...]
    limits: tuple[str, ...]
    next_check_in_days: int
    turn: int
    verdict: OwnVerdict | None
    marked: tuple[str, ...] = ()
