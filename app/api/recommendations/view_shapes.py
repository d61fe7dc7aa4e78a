"""The documented shapes of a view."""

from typing import Literal

from typing_extensions import TypedDict

Explain = Literal["none", "reasons", "full"]
NeedOut = Literal["slight", "moderate", "strong"]


class ClaimRefOut(TypedDict):
    """A claim of the source article."""

    id: str
    section: str
    reference: int | None


class EvidenceOut(TypedDict):
    """Grade and note of the evidence behind a text.

    A: a randomised trial of nearly this with couples. B: a trial of a wider programme, or a laboratory study. C: a
    diary, longitudinal or correlational study. D: the article or experts alone. A `-` after the letter: a null result
    or a caution is published.
    """

    grade: str
    note: str


class BecauseOut(TypedDict):
    """A finding of the viewer's own answers that a rule fired on."""

    finding: str
    level: str


class ReasonOut(TypedDict):
    """A reason for or against something, from the viewer's own answers alone."""

    text: str
    because: list[BecauseOut]
    claims: list[str]
    evidence: str


class StrategyOut(TypedDict):
    """A strategy of the article with its standing for this partner.

    A suggested one's first reason has its id and is the same for everyone.
    """

    id: str
    title: str
    rank: int
    standing: Literal["leading", "also", "not_now"]
    evidence: str
    reasons: list[str]
    withheld_by: list[str]


class ActivityFacts(TypedDict):
    """An activity. `minutes` is the length of one time; with `together: false` one person may do it alone."""

    id: str
    title: str
    summary: str
    steps: list[str]
    strategy: str | None
    practice: str
    purpose: str
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
    decline_reasons: list[str]


class PathOut(TypedDict):
    """The step of a path begun."""

    id: str
    step: int
    of: int


class ActivityOut(ActivityFacts):
    """A suggested activity."""

    why: str
    reasons: list[str]
    place: Literal["where_to_begin", "to_enjoy", "also_called_for", "something_different", "on_your_own"]
    path: PathOut | None
    evidence: str


class InsightOut(TypedDict):
    """An insight raised by the viewer's own answers."""

    id: str
    text: str
    claims: list[str]


class AskNextOut(TypedDict):
    """An unanswered question."""

    question: str
    why: str
    share: float


class ResourceOut(TypedDict):
    """A source of help."""

    name: str
    for_whom: str | None
    contact: str
    links: list[str]
    hours: str
    country: str | None
    source: str
    verified_on: str


class SupportOut(TypedDict):
    """Support, shown when a safety answer calls for it.

    A blank line stands between the paragraphs of `text`.
    """

    kind: Literal["crisis", "danger", "concern", "own_acts"]
    text: str
    resources: list[ResourceOut]


class FiredOut(TypedDict):
    """A rule that fired, with its need, null where it withholds."""

    rule: str
    need: NeedOut | None


class TraceOut(TypedDict):
    """What fired, of the viewer's pooled answers."""

    findings: list[BecauseOut]
    rules: list[FiredOut]


class ViewOut(TypedDict):
    """A view, to be shown to one partner alone."""

    outcome: Literal["suggestions", "nothing_now", "support"]
    opening: str | None
    strategies: list[StrategyOut]
    activities: list[ActivityOut]
    insights: list[InsightOut]
    reasons: dict[str, ReasonOut]
    ask_next: list[AskNextOut]
    support: SupportOut | None
    limits: list[str]
    help: str
    next_check_in_days: int
    trace: TraceOut | None
