"""The view of one partner, as ids and positions; a renderer adds the words."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.engine.bitset import Mask
from app.engine.code_generation import Codes
from app.engine.self_report import SupportKind

ViewOutcome = Literal["suggestions", "nothing_now", "support"]
Standing = Literal["leading", "also", "not_now"]

PRIVATE = "private"
"""Stands in for the id of any rule that reads a private finding, since the name alone would tell the answer."""
TASTE = "taste"
NOT_WILLING = "not_willing"


class Because(NamedTuple):
    """A finding that made a rule fire, with its value only where the viewer's own answers alone give the same one."""

    finding: str
    level: str | None


# Compared by identity, which is quicker than by content and right because reasons are interned.
@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """A reason for or against something.

    `text` is the id of the rule or phrase that says it; `is_shared` is true where it rests on what both answered, which
    it then says. Equal reasons of one ruleset are the same object, so that a renderer can cache by identity.
    """

    rule: str
    text: str
    because: tuple[Because, ...] = ()
    is_shared: bool = False

    @property
    def wording(self) -> "Wording":
        """Return the content of the reason, to compare it by."""
        return self.rule, self.text, self.because, self.is_shared


Wording = tuple[str, str, tuple[Because, ...], bool]
"""The content of a reason: two reasons with the same one are equal."""


class StrategyView(NamedTuple):
    """The standing of one strategy. `reasons` are for it, strongest first; `withheld_by` are against it now."""

    strategy: str
    rank: int
    standing: Standing
    reasons: tuple[Reason, ...]
    withheld_by: tuple[Reason, ...]


class Suggestion(NamedTuple):
    """A suggested activity, by its position in the activity index, with the reasons for its practice and for itself."""

    position: int
    strategy: str | None
    reasons: tuple[Reason, ...]


class AskNext(NamedTuple):
    """An unanswered question and the number of rules and limits that depend on it."""

    question: str
    would_decide: int


class Verdicts(NamedTuple):
    """The result of judging the rules, as codes and bits, from which explanations are read.

    `codes` are the findings as the two meet in this view, `own_codes` the viewer's alone. `literals` and `own_literals`
    are the literals and values that hold, `true` and `own_true` the rules and insights whose conditions do. `capped`
    are the rules that fire through the other's wish alone.
    """

    codes: Codes
    own_codes: Codes
    literals: int
    own_literals: int
    true: int
    own_true: int
    capped: int


class View(NamedTuple):
    """A view of one partner. `support` lists the kinds that apply, gravest first.

    `verdicts`, and `fitting`, the activities within all limits, serve explanations and are not shown themselves.
    """

    outcome: ViewOutcome
    strategies: tuple[StrategyView, ...]
    activities: tuple[Suggestion, ...]
    insights: tuple[str, ...]
    ask_next: tuple[AskNext, ...]
    support: tuple[SupportKind, ...]
    limits: tuple[str, ...]
    next_check_in_days: int
    verdicts: Verdicts | None
    fitting: Mask
