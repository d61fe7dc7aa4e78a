"""The documented shapes of a view."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

Explain = Literal["none", "reasons", "full"]


class ClaimRefOut(TypedDict):
    """A claim of the source article: its section there, and the reference number printed with it."""

    id: str
    section: str
    reference: int | None


class EvidenceOut(TypedDict):
    """A randomised trial of nearly this with couples, B a wider programme or laboratory, C observed, D the article or
    experts.

    A `-` after the letter: a null result or a caution is published.
    """

    grade: str
    note: str


class BecauseOut(TypedDict):
    """A finding that held. `level` is there only where the reader's own answers alone give the same one."""

    finding: str
    level: NotRequired[str]


class ReasonOut(TypedDict):
    """Why, or why not.

    `rule` is a rule of the catalogue, or one of `nothing_fits` `no_support` `not_willing` `taste` `private`
    `not_for_us` `put_off` `done_lately`.
    """

    rule: str
    text: str
    because: list[BecauseOut]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class StrategyOut(TypedDict):
    """One of the article's three strategies and where it stands for this partner now."""

    id: str
    title: str
    rank: int
    standing: Literal["leading", "also", "not_now"]
    reasons: list[ReasonOut]
    withheld_by: list[ReasonOut]
    evidence: EvidenceOut


class ActivityOut(TypedDict):
    """Something concrete to do. `minutes` are for one time; `together: false` one person may do it alone."""

    id: str
    title: str
    summary: str
    steps: list[str]
    strategy: str | None
    practice: str
    together: bool
    minutes: int
    times_a_week: int | None
    cost: Literal["free", "low", "medium", "high"]
    kinds: list[str]
    interaction: Literal["parallel", "cooperative", "mutual"]
    talk: Literal["none", "light", "needed"]
    novelty: int
    energy: Literal["drained", "ok", "lively"]
    repeat: Literal["ritual", "seasonal", "once"]
    evidence: EvidenceOut
    reasons: list[ReasonOut]
    decline_reasons: list[str]


class InsightOut(TypedDict):
    """Something worth knowing, raised by the reader's own answers."""

    id: str
    text: str
    claims: list[ClaimRefOut]


class AskNextOut(TypedDict):
    """An unanswered question, and how many rules and limits hang on it."""

    question: str
    why: str
    would_decide: int


class ResourceOut(TypedDict):
    """A source of help, checked on the day it says."""

    name: str
    contact: str
    links: list[str]
    hours: str
    country: str | None
    source: str
    verified_on: str


class SupportOut(TypedDict):
    """What one person reads when a safety answer asks for help. `kind` is the gravest that applies."""

    kind: Literal["crisis", "danger", "concern", "own_acts"]
    text: str
    resources: list[ResourceOut]


class FiredOut(TypedDict):
    """A rule that fired, and the need it calls for (null where it withholds)."""

    rule: str
    need: Literal["slight", "moderate", "strong"] | None


class TraceOut(TypedDict):
    """Which findings held and which rules fired, as far as this partner may know."""

    findings: list[BecauseOut]
    rules: list[FiredOut]


class ViewOut(TypedDict):
    """All that may be shown to one partner, and to that partner alone."""

    outcome: Literal["suggestions", "nothing_now", "support"]
    strategies: list[StrategyOut]
    activities: list[ActivityOut]
    insights: list[InsightOut]
    ask_next: list[AskNextOut]
    support: SupportOut | None
    limits: list[str]
    help: str
    next_check_in_days: int
    trace: TraceOut | None
