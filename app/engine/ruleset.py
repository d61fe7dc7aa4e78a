"""The declarations of a ruleset as frozen values; its texts are stored apart, by locale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from app.engine.conditions import Condition
from app.engine.plain_values import AS_PAIRS
from app.engine.self_report import HealthLimit

FindingLabel = Literal["pooled", "private"]
FindingOrigin = Literal["product", "article", "editorial"]
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
    """A degree to which a practice is called for. The strongest rule decides; needs are never added up."""

    slight = 1
    moderate = 2
    strong = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A finding drawn from the largest difference between two partners' ratings of one kind.

    `of` is the path of the ratings; a difference of at least `partial` or `mismatched` gives the value of that name.
    """

    of: str
    partial: int
    mismatched: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A reading of answers as one of a few values.

    `values` run from the calmest to the one that calls for most. `tries` pair a value with its condition; the first
    condition that is true decides. `both` says how the findings of two partners meet in one view.
    """

    id: str
    values: tuple[str, ...]
    both: Meeting
    label: FindingLabel
    wish: bool
    tries: tuple[tuple[str, Condition], ...]
    gap: Gap | None
    origin: FindingOrigin


@dataclass(frozen=True, slots=True)
class Scenario:
    """An example of a rule: the findings that are known, in its author's order, and whether it then fires."""

    given: Mapping[str, str] = field(metadata=AS_PAIRS)
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
    """A strategy of the article, with its practices in order."""

    id: str
    practices: tuple[str, ...]
    claims: tuple[str, ...]
    grade: Grade


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity: `minutes` are for one time, `energy` is the energy that it needs."""

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
    unsuitable_for: tuple[HealthLimit, ...]
    conflict_ceiling: Ceiling
    fixed_end: bool
    tones: tuple[Tone, ...]
    alcohol: bool
    basis: ContentBasis
    claims: tuple[str, ...]
    grade: Grade
    parents_only: bool = False
    apart_only: bool = False

    @property
    def minutes_a_week(self) -> int | None:
        """Return the minutes it takes of a week; None for what belongs to a season rather than a week."""
        return None if self.repeat == "seasonal" else self.minutes * (self.times_a_week or 1)

    @property
    def decline_reasons(self) -> tuple[str, ...]:
        """Return the ids of the reasons for which a partner may decline it."""
        # Safety may be named about anything, without a further question.
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
    """A ruleset: everything that decides about a view. `questions` are ids in display order."""

    version: str
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    insights: tuple[Insight, ...]
    strategies: tuple[Strategy, ...]
    practices: tuple[Practice, ...]
    activities: tuple[Activity, ...]
    questions: tuple[str, ...]
