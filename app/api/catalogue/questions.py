"""The self-report as a form, and as a JSON Schema."""

from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.catalogue.conditions import Value, as_sent
from app.api.http.caching import etag_of
from app.api.http.collection import documented_responses, library_and_locale, localized_response
from app.api.http.json_bytes import to_bytes
from app.api.http.routing import router_without_query
from app.api.recommendations.recommendations import Reports
from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from app.rulesets.library import Library, Question, Texts

router = router_without_query()

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KEEP_PRIVATE = "keep_private"


class GroupOut(TypedDict):
    """Questions that are asked on one page."""

    id: str
    title: str
    intro: str


class LevelOut(TypedDict):
    """One answer to choose. `value` is what a self-report holds."""

    value: str | int
    label: str
    help: str | None


class KeyOut(TypedDict):
    """One thing to rate, in a question that asks for many of a kind at once."""

    value: str
    label: str


ShowWhen = TypedDict("ShowWhen", {"question": str, "in": list[Value]})


class QuestionOut(TypedDict):
    """One answer of the self-report, and how to ask for it.

    `audience`: a `pooled` answer may shape what both partners are offered, a `private` one changes its owner's view
    alone. `ask_alone`: ask where one person is alone with their own device. `actionable`: something a person can
    decide, so an explanation may name it as what would change a suggestion. `first_minute`: worth asking before all
    others. `levels` are the answers to choose from, `keys` what is rated with them, `pointer` says where the answer
    stands in a report.
    """

    id: str
    group: str
    text: str
    help: str
    input: Literal["choice", "choices", "number", "integer", "scale", "yes_no", "map_of_choices", "map_of_scales"]
    ordered: bool
    levels: list[LevelOut]
    keys: list[KeyOut]
    min: float | None
    max: float | None
    step: float | None
    unit: str | None
    required: bool
    first_minute: bool
    audience: Literal["pooled", "private"]
    actionable: bool
    ask_alone: bool
    ask_every_days: int
    window: Literal["two_weeks", "three_months", "twelve_months", "now"]
    show_when: ShowWhen | None
    pointer: str


class QuestionsOut(TypedDict):
    """The whole form. Groups and questions stand in the order to show them in."""

    version: str
    locale: str
    groups: list[GroupOut]
    questions: list[QuestionOut]
    schema: dict[str, Any]


class Form(NamedTuple):
    body: bytes
    etag: str


EXAMPLE: dict[str, Any] = {
    "version": "2026.11",
    "locale": "en",
    "groups": [
        {
            "id": "conflict",
            "title": "When you do not agree",
            "intro": "All couples clash at times. This helps us suggest things of the right size.",
        }
    ],
    "questions": [
        {
            "id": "conflict.unresolved_issues",
            "group": "conflict",
            "text": "Are there things between you that stay open?",
            "help": "Things that come back, or that you both step around.",
            "input": "choice",
            "ordered": True,
            "levels": [
                {"value": "none", "label": "None that I know of", "help": None},
                {"value": "some", "label": "A few", "help": None},
                {"value": "many", "label": "A lot", "help": None},
            ],
            "keys": [],
            "min": None,
            "max": None,
            "step": None,
            "unit": None,
            "required": False,
            "first_minute": False,
            "audience": "pooled",
            "actionable": False,
            "ask_alone": False,
            "ask_every_days": 14,
            "window": "two_weeks",
            "show_when": None,
            "pointer": "/conflict/unresolved_issues",
        }
    ],
    "schema": {"$schema": DIALECT, "type": "object"},
}


@router.get(
    "/questions",
    summary="Read the self-report as a form",
    response_model=QuestionsOut,
    responses=documented_responses(EXAMPLE),
)
async def list_questions(request: Request) -> Response:
    """Every question with its words, its levels and whom the answer may affect, in the order to ask them.

    `schema` is a JSON Schema (2020-12) of the whole report, to check answers before they are sent.
    """
    library, locale = library_and_locale(request)
    form = _form(library, locale)
    return localized_response(locale, request, form.body, form.etag)


@lru_cache(maxsize=16)
def _form(library: Library, locale: str) -> Form:
    body = to_bytes(form_out(library, locale))
    return Form(body, etag_of(body))


def form_out(library: Library, locale: str) -> QuestionsOut:
    """The form of one ruleset in one language."""
    texts = library.texts[locale]
    return {
        "version": library.version,
        "locale": locale,
        "groups": [
            {
                "id": id_,
                "title": texts[f"questions/groups/{id_}/title"],
                "intro": texts[f"questions/groups/{id_}/intro"],
            }
            for id_ in library.groups
        ],
        "questions": [_question_out(question, library, texts) for question in library.questions],
        "schema": report_schema(),
    }


@cache
def report_schema() -> dict[str, Any]:
    """The JSON Schema of one self-report, taken out of that of a request, where unknown fields are refused."""
    parts: dict[str, Any] = Reports.model_json_schema()["$defs"]
    report = parts.pop("SelfReportIn")
    return {"$schema": DIALECT, **report, "title": "SelfReport", "$defs": parts}


def _question_out(question: Question, library: Library, texts: Texts) -> QuestionOut:
    key = f"questions/{question.id}"
    lowest, highest, step = _range(question)
    return QuestionOut(
        id=question.id,
        group=question.group,
        text=texts[f"{key}/text"],
        help=texts[f"{key}/help"],
        input=ANSWERS[question.id].shape,
        ordered=question.ordered,
        levels=_pooled_answers(library, texts) if question.id == _KEEP_PRIVATE else _levels(question, texts),
        keys=[{"value": value, "label": texts[f"{key}/keys/{value}/label"]} for value in question.keys],
        min=lowest,
        max=highest,
        step=step,
        unit=question.unit,
        required=question.required,
        first_minute=question.first_minute,
        audience="pooled" if question.audience == "pooled" else "private",
        actionable=question.actionable,
        ask_alone=question.ask_alone,
        ask_every_days=question.ask_every_days,
        window=question.window,  # type: ignore[typeddict-item]  # checked where it is read
        show_when=_show_when(question),
        pointer="/" + question.id.replace(".", "/"),
    )


def _levels(question: Question, texts: Texts) -> list[LevelOut]:
    key = f"questions/{question.id}"
    return [
        {
            "value": as_sent(question.id, value),
            "label": texts[f"{key}/labels/{value}"],
            "help": texts[f"{key}/helps/{value}"] if value in question.levels_with_help else None,
        }
        for value in question.levels
    ]


def _pooled_answers(library: Library, texts: Texts) -> list[LevelOut]:
    """What may be kept private is a question itself, so its own words are its label."""
    return [
        {"value": question.id, "label": texts[f"questions/{question.id}/text"], "help": None}
        for question in library.questions
        if question.id in POOLED_PATHS
    ]


def _range(question: Question) -> tuple[float | None, float | None, float | None]:
    """From where to where, and in which steps; a scale has its levels for that."""
    if ANSWERS[question.id].shape in ("scale", "map_of_scales"):
        levels = [int(level) for level in question.levels]
        return min(levels), max(levels), 1
    return _short(question.minimum), _short(question.maximum), _short(question.step)


def _short(number: float | None) -> float | None:
    return int(number) if number is not None and number.is_integer() else number


def _show_when(question: Question) -> ShowWhen | None:
    if question.show_when is None:
        return None
    asked, levels = question.show_when
    return {"question": asked, "in": [as_sent(asked, level) for level in levels]}
