"""What a ruleset declares, as plain frozen values without a word of text: texts stand apart, per locale."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from app.engine.conditions import Condition

FindingLabel = Literal["pooled", "private"]
Meeting = Literal["worse", "own", "own_first", "theirs", "gap"]
ContentBasis = Literal["article", "editorial", "safety_policy"]
RuleStatus = Literal["draft", "reviewed", "retired"]
Cost = Literal["free", "low", "medium", "high"]
Interaction = Literal["parallel", "cooperative", "mutual"]
TalkNeeded = Literal["none", "light", "needed"]
EnergyNeeded = Literal["drained", "ok", "lively"]
Repeat = Literal["ritual", "seasonal", "once"]
Children = Literal["present", "asleep", "away"]
Ceiling = Literal["occasional", "frequent", "chronic"]
Tone = Literal["surprise", "romantic", "intense", "open_talk"]
Grade = Literal["A", "A-", "B", "B-", "C", "C-", "D"]

NOTHING_FITS = "nothing_fits"
NO_SUPPORT = "no_support"


class Need(IntEnum):
    """How much a practice is called for. The strongest reason decides; needs are never added up."""

    slight = 1
    moderate = 2
    strong = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A finding from the largest difference of two partners' ratings of one thing."""

    of: str
    partial: int
    mismatched: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What answers amount to. `values` run from the calmest to the one that asks for most.

    `tries` are tried in order.
    """

    id: str
    values: tuple[str, ...]
    both: Meeting
    label: FindingLabel
    wish: bool
    tries: tuple[tuple[str, Condition], ...]
    gap: Gap | None
    origin: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One side of the line that a rule draws: findings given, all others unknown, and whether it fires."""

    given: Mapping[str, str]
    fires: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Suggests one practice with a need, or withholds practices and tones. Withholding wins, always."""

    id: str
    status: RuleStatus
    when: Condition
    suggests: str | None
    need: Need | None
    withholds: tuple[str, ...]
    withholds_tones: tuple[Tone, ...]
    basis: ContentBasis
    claims: tuple[str, ...]
    grade: Grade
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Insight:
    """Something worth knowing, shown to the one whose answers it is about."""

    id: str
    when: Condition
    basis: ContentBasis
    claims: tuple[str, ...]
    grade: Grade
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """A way of following a strategy; `strategy` is None for the add-on."""

    id: str
    strategy: str | None
    claims: tuple[str, ...]
    grade: Grade


@dataclass(frozen=True, slots=True)
class Strategy:
    """One of the article's three, with its practices in order."""

    id: str
    practices: tuple[str, ...]
    claims: tuple[str, ...]
    grade: Grade


@dataclass(frozen=True, slots=True)
class Activity:
    """Something concrete to do. `minutes` are for one time; `energy` is what it needs."""

    id: str
    practice: str
    minutes: int
    times_a_week: int | None
    repeat: Repeat
    together: bool
    cost: Cost
    kinds: tuple[str, ...]
    interaction: Interaction
    talk: TalkNeeded
    novelty: int
    energy: EnergyNeeded
    children: Children
    remote: bool
    unsuitable_for: tuple[str, ...]
    conflict_ceiling: Ceiling
    fixed_end: bool
    tones: tuple[Tone, ...]
    alcohol: bool
    parents_only: bool
    apart_only: bool
    basis: ContentBasis
    claims: tuple[str, ...]
    grade: Grade

    @property
    def minutes_a_week(self) -> int | None:
        """What it takes of a week, in minutes; None for what belongs to a season rather than a week."""
        return None if self.repeat == "seasonal" else self.minutes * (self.times_a_week or 1)

    @property
    def decline_reasons(self) -> tuple[str, ...]:
        """Why somebody may say no to it; `unsafe` is always among them."""
        may_be_said = {
            "too_tired": True,
            "no_time": True,
            "too_expensive": self.cost != "free",
            "no_childcare": self.children == "away",
            "not_our_kind_of_thing": True,
            "felt_forced": True,
            "partner_did_not_want_to": self.together,
            "unsafe": True,
        }
        return tuple(reason for reason, applies in may_be_said.items() if applies)


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that decides. Questions are the ids in display order; their words stand with the texts."""

    version: str
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    insights: tuple[Insight, ...]
    strategies: tuple[Strategy, ...]
    practices: tuple[Practice, ...]
    activities: tuple[Activity, ...]
    questions: tuple[str, ...]
