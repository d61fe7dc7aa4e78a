"""The library: a whole checked ruleset, with its texts in each language and the sources behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.engine.answer_types import SupportKind
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.ruleset import FindingLabel, Grade, Ruleset
from app.engine.vocabulary import AnswerShape
from app.rulesets.diagnostics import Location
from app.rulesets.proofs import Proofs
from app.rulesets.properties import Property

SOURCE_LOCALE = "en"

_ALIASES = {"UK": "GB"}

ClaimKind = Literal["diagnosis", "action", "precondition", "expectation", "framing", "definition"]
ClaimSupport = Literal["asserted", "direct", "indirect", "off_target", "unverified"]
QuestionWindow = Literal["two_weeks", "three_months", "twelve_months", "now"]
QuestionInput = Literal[AnswerShape, "picks"]
"""How an answer is asked for: as it is shaped, or a map as up to so many loved and any to leave out."""
QuestionOrigin = Literal["article", "editorial", "safety_policy", "product"]
Texts = Mapping[str, str]
"""Every text of one language by its key, such as `rules/structure-first-when-talk-is-strained/says`."""


def wordings_of(texts: Texts, key: str) -> tuple[str, ...]:
    """Return every wording of a text: the one under `key`, or those under `key/0`, `key/1` and so on; none, if none."""
    if key in texts:
        return (texts[key],)
    wordings: list[str] = []
    while (wording := texts.get(f"{key}/{len(wordings)}")) is not None:
        wordings.append(wording)
    return tuple(wordings)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the source article; `reference` is the number printed there."""

    id: str
    kind: ClaimKind
    reference: int | None
    support: ClaimSupport
    grade: Grade


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference of the source article: as printed, and what the source was found to be (None: not verified)."""

    number: int
    printed: str
    link: str
    verified: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the self-report. Words and labels stand with the texts; `levels` and `keys` are values."""

    id: str
    group: str
    input: QuestionInput
    levels: tuple[str, ...]
    levels_with_help: frozenset[str]
    keys: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    step: float | None
    audience: FindingLabel
    ask_every_days: int
    window: QuestionWindow
    show_when: tuple[str, tuple[str, ...]] | None
    origin: QuestionOrigin
    claims: tuple[str, ...]
    unit: str | None = None
    ordered: bool = False
    required: bool = False
    first_minute: bool = False
    actionable: bool = False
    ask_alone: bool = False


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A verified source of help. After `review_by` it is not shown until somebody has checked it again.

    `for_whom` names the people that it serves, None where it serves anybody.
    """

    id: str
    country: str | None
    name: str
    contact: str
    links: tuple[str, ...]
    hours: str
    kinds: tuple[SupportKind, ...]
    source: str
    verified_on: date
    review_by: date
    for_whom: str | None = None

    @property
    def is_emergency(self) -> bool:
        """Whether this is the emergency number of a country, which is no help line."""
        return self.id == "emergency"


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """The declarations and texts of a ruleset. Whatever else a `Library` holds follows from it."""

    ruleset: Ruleset
    texts: Mapping[str, Texts]
    claims: Mapping[str, Claim]
    references: Mapping[int, Reference]
    groups: tuple[str, ...]
    questions: tuple[Question, ...]
    help_lines: tuple[HelpLine, ...]
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Library(Declared):
    """The checked content of one folder. `digest` changes whenever anything that is declared changes.

    `places` says where each text of the source language stands; a text that only moved is the same text.
    """

    compiled: CompiledRuleset
    digest: str
    places: Mapping[str, Location]
    proofs: Proofs | None

    @property
    def version(self) -> str:
        return self.ruleset.version

    def strategy_of(self, practice: str) -> str | None:
        """Return the strategy that a practice belongs to; None for the add-on."""
        return next(entry.strategy for entry in self.ruleset.practices if entry.id == practice)

    def help_for(self, country: str | None, today: date) -> tuple[HelpLine, ...]:
        """Return the lines of a country that are still in date, and the directory that serves everywhere."""
        country = _ALIASES.get(country or "", country)
        return tuple(line for line in self.help_lines if line.country in (None, country) and today <= line.review_by)
