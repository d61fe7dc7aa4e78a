"""The documented shapes of a view."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

Explain = Literal["none", "reasons", "full"]


class ClaimRefOut(TypedDict):
    """A claim of the source article, with its section and the reference number printed there."""

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
    """A finding that a rule fired on. `level` is present only where the viewer's own answers alone give the same."""

    finding: str
    level: NotRequired[str]


class ReasonOut(TypedDict):
    """A reason for or against a suggestion.

    `rule` is the id of a rule of the catalogue, or one of `nothing_fits` `no_support` `not_willing` `taste` `private`
    `not_for_us` `put_off` `done_lately`.
    """

    rule: str
    text: str
    because: list[BecauseOut]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class StrategyOut(TypedDict):
    """A strategy of the article with its standing for this partner."""

    id: str
    title: str
    rank: int
    standing: Literal["leading", "also", "not_now"]
    reasons: list[ReasonOut]
    withheld_by: list[ReasonOut]
    evidence: EvidenceOut


class ActivityOut(TypedDict):
    """A suggested activity. `minutes` is the length of one time; with `together: false` one person may do it alone."""

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
    """An insight raised by the viewer's own answers."""

    id: str
    text: str
    claims: list[ClaimRefOut]


class AskNextOut(TypedDict):
    """An unanswered question, with the number of rules and limits that depend on its answer."""

    question: str
    why: str
    would_decide: int


class ResourceOut(TypedDict):
    """A source of help, checked on the day `verified_on`."""

    name: str
    contact: str
    links: list[str]
    hours: str
    country: str | None
    source: str
    verified_on: str


class SupportOut(TypedDict):
    """Support shown when a safety answer calls for it. `kind` is the gravest that applies."""

    kind: Literal["crisis", "danger", "concern", "own_acts"]
    text: str
    resources: list[ResourceOut]


class FiredOut(TypedDict):
    """A rule that fired, with the need it calls for, null for one that withholds."""

    rule: str
    need: Literal["slight", "moderate", "strong"] | None


class TraceOut(TypedDict):
    """The findings and fired rules that this partner may know of."""

    findings: list[BecauseOut]
    rules: list[FiredOut]


class ViewOut(TypedDict):
    """A view, to be shown to one partner alone."""

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
