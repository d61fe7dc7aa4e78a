"""The declarations of a ruleset as frozen values; its texts are stored apart, by locale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from app.engine.answer_types import HealthLimit
from app.engine.conditions import Condition
from app.engine.plain_values import AS_PAIRS
from app.engine.vocabulary import AnswerLabel

FindingLabel = AnswerLabel
FindingOrigin = Literal["product", "article", "editorial"]
Meeting = Literal["worse", "own", "own_first", "theirs", "gap", "agreed"]
ContentBasis = Literal["article", "editorial", "safety_policy"]
RuleStatus = Literal["draft", "reviewed", "retired"]
Cost = Literal["free", "low", "medium", "high"]
Interaction = Literal["parallel", "cooperative", "mutual"]
TalkNeeded = Literal["none", "light", "needed"]
EnergyNeeded = Literal["drained", "ok", "lively"]
Repeat = Literal["ritual", "seasonal", "once"]
Children = Literal["present", "asleep", "away"]
Ceiling = Literal["occasional", "frequent", "chronic"]
Ask = Literal["openness", "closeness", "touch", "surprise", "kind_reading", "warmth", "access", "commitment", "phone"]
Setting = Literal["same_room", "side_by_side", "apart"]
When = Literal[
    "any", "morning", "midday", "daytime", "evening", "night", "friday_evening", "sunday_evening", "no_clock"
]
Life = Literal[
    "no_small_child",
    "nobody_to_hand_over",
    "newborn",
    "mourning",
    "nothing_awaited",
    "no_baby_on_the_way",
    "no_empty_house",
    "relatives_at_home",
    "someone_needs_care",
    "no_shared_evening",
    "shifts",
]
Grade = Literal["A", "A-", "B", "B-", "C", "C-", "D"]


class Need(IntEnum):
    """A degree to which a purpose is called for. The strongest rule decides; needs are never added up."""

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
    condition that is true decides. `both` says how the findings of two partners meet in one view. A `mutual` finding
    reads what both agreed on, so it is unknown unless both gave it.
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
    """Suggests with a need, or withholds. Withholding wins, always.

    `suggests` and `withholds` are ids of purposes, or of practices: all purposes of these. `withholds_asks` withholds
    each activity that asks for one of them.
    """

    id: str
    status: RuleStatus
    when: Condition
    suggests: str | None
    need: Need | None
    withholds: tuple[str, ...]
    withholds_asks: tuple[Ask, ...]
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
class Purpose:
    """What an activity is for. It joins rules to activities: a rule suggests it, each activity serves exactly one.

    What serves a serious purpose is done for its own sake: liking its kind is no reason for it. What one does alone for
    a purpose that is for oneself gives nothing to the other, and asks nothing of them. What serves one that is on
    quarrels is for a reader whose own answers call for it.
    """

    id: str
    practice: str
    claims: tuple[str, ...]
    grade: Grade
    is_serious: bool = False
    is_for_oneself: bool = False
    is_on_quarrels: bool = False


@dataclass(frozen=True, slots=True)
class Practice:
    """A way of following a strategy, with its purposes in order; `strategy` is None for the add-on."""

    id: str
    strategy: str | None
    purposes: tuple[str, ...]
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
    """An activity: `minutes` are for one time, `energy` is the energy that it needs, the first kind is its main one.

    Near-duplicates share a `family`. One that `prepares` ends in a list or a plan, not in time together. `asks` names
    what it asks of the two, `not_for` the lives in which it makes no sense. `when` is the part of the day in which it
    begins; what has `no_clock` comes by itself, or at an hour of its own. `practice` is that of its purpose.
    """

    id: str
    purpose: str
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
    asks: tuple[Ask, ...]
    setting: Setting
    alcohol: bool
    basis: ContentBasis
    claims: tuple[str, ...]
    grade: Grade
    family: str | None = None
    prepares: bool = False
    parents_only: bool = False
    apart_only: bool = False
    not_for: tuple[Life, ...] = ()
    when: When = "any"

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
            "too_long": True,
            "no_time": True,
            "too_expensive": self.cost != "free",
            "no_childcare": self.children == "away",
            "not_our_kind_of_thing": True,
            "felt_forced": True,
            "partner_declined": self.together,
            "unsafe": True,
        }
        return tuple(reason for reason, applies in may_be_said.items() if applies)


@dataclass(frozen=True, slots=True)
class Precedence:
    """Puts a strategy first among those that are called for alike. Without claims it is our own judgement."""

    id: str
    when: Condition
    strategy: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """The activities with which a list begins where the couple named what they are made for.

    One that `lasts` does so at every turn, with what was shown longest ago. One for a `life_event` also takes a later
    place where it did not take the first. Without claims it is our own judgement.
    """

    id: str
    when: Condition
    activities: tuple[str, ...]
    claims: tuple[str, ...]
    lasts: bool = False
    life_event: bool = False


@dataclass(frozen=True, slots=True)
class Choosing:
    """The conditions on a pair that bound places of the list, and the precedences and leads in their order.

    `begin_small`: the first thing is a small one. `hour` and `afternoon`: there is room for something longer, unless
    `keep_short` holds. `leads` read what the two pooled, `own_leads` what the reader alone did; `welcome` names what
    suits everybody, for where nothing else tells what to begin with.
    """

    begin_small: Condition
    keep_short: Condition
    hour: Condition
    afternoon: Condition
    precedences: tuple[Precedence, ...]
    leads: tuple[Lead, ...] = ()
    own_leads: tuple[Lead, ...] = ()
    welcome: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[Condition, ...]:
        """Return the conditions that bound places, in the order of the fields."""
        return self.begin_small, self.keep_short, self.hour, self.afternoon


@dataclass(frozen=True, slots=True)
class Opening:
    """A sentence on the reader's own answers. `slots` are the paths of the numbers that it names.

    One that stands alone is all that a view opens with.
    """

    id: str
    is_good: bool
    when: Condition
    slots: tuple[str, ...]
    stands_alone: bool = False


@dataclass(frozen=True, slots=True)
class ActivityPath:
    """A series of activities, each of which leads to the next; `steps` are their ids.

    `rests_on` is the private finding that the path is for. Only where that may be named is the path named.
    """

    id: str
    steps: tuple[str, ...]
    claims: tuple[str, ...]
    grade: Grade
    rests_on: str | None = None


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A ruleset: everything that decides about a view. `questions` are ids in display order."""

    version: str
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    insights: tuple[Insight, ...]
    strategies: tuple[Strategy, ...]
    practices: tuple[Practice, ...]
    purposes: tuple[Purpose, ...]
    activities: tuple[Activity, ...]
    choosing: Choosing
    openings: tuple[Opening, ...]
    questions: tuple[str, ...]
    paths: tuple[ActivityPath, ...] = ()

    def practice_of(self, id_: str | None) -> str | None:
        """Return the practice of a purpose, or the practice of this id itself; None for neither."""
        if any(practice.id == id_ for practice in self.practices):
            return id_
        return next((purpose.practice for purpose in self.purposes if purpose.id == id_), None)
