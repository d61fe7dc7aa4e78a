"""The self-report as a form and as a JSON Schema."""

from functools import cache, lru_cache
from typing import Any, Literal

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.catalogue.conditions import AnswerLevel, as_sent
from app.api.http.caching import etag_of
from app.api.http.collection import localized_response
from app.api.http.content import fields_out
from app.api.http.json_responses import to_bytes
from app.api.http.request_context import library_and_locale
from app.api.http.responses import example_cached
from app.api.http.routing import ResourceRouter
from app.api.recommendations.recommendations import Reports
from app.engine.vocabulary import ANSWERS, POOLED_PATHS, AnswerLabel
from app.rulesets.library import Library, Question, Texts
from app.rulesets.strict_json import to_integer

router = ResourceRouter(prefix="/v1", tags=["catalogue"])

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KEEP_PRIVATE = "keep_private"


class GroupOut(TypedDict):
    """A group of questions for one page."""

    id: str
    title: str
    intro: str


class LevelOut(TypedDict):
    """An answer to choose. `value` is the one to send in a self-report."""

    value: str | int
    label: str
    help: str | None


class KeyOut(TypedDict):
    """A thing to rate, in a question about several of a kind."""

    value: str
    label: str


ShowWhen = TypedDict("ShowWhen", {"question": str, "in": list[AnswerLevel]})


class QuestionOut(TypedDict):
    """A question of the self-report.

    `picks`: up to `max` of the `keys` that are loved, and any to leave out, answered as a map from key to level.
    """

    id: str
    group: str
    text: str
    help: str
    input: Literal[
        "choice", "choices", "number", "integer", "scale", "yes_no", "map_of_choices", "map_of_scales", "picks"
    ]
    ordered: bool
    levels: list[LevelOut]
    keys: list[KeyOut]
    min: float | None
    max: float | None
    step: float | None
    unit: str | None
    required: bool
    first_minute: bool
    audience: AnswerLabel
    actionable: bool
    ask_alone: bool
    ask_every_days: int
    window: Literal["two_weeks", "three_months", "twelve_months", "now"]
    show_when: ShowWhen | None
    pointer: str


class QuestionFormOut(TypedDict):
    """The form, with groups and questions in display order."""

    version: str
    locale: str
    groups: list[GroupOut]
    questions: list[QuestionOut]
    schema: dict[str, Any]


@router.get(
    "/questions",
    summary="Get the self-report as a form",
    response_model=QuestionFormOut,
    responses=example_cached("questions"),
)
async def list_questions(request: Request) -> Response:
    """Return every question with its texts, its levels and whom an answer may affect, in display order.

    `schema` is a JSON Schema (2020-12) of the whole report, to validate answers before they are sent.
    """
    library, locale = library_and_locale(request)
    return localized_response(locale, request, *_form(library, locale))


@lru_cache(maxsize=16)
def _form(library: Library, locale: str) -> tuple[bytes, str]:
    """Return the form as JSON, and its ETag."""
    body = to_bytes(form_out(library, locale))
    return body, etag_of(body)


def form_out(library: Library, locale: str) -> QuestionFormOut:
    """Return the form of one ruleset in one language."""
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
        "questions": [question_out(question, library, locale) for question in library.questions],
        "schema": report_schema(),
    }


@cache
def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of one self-report, with unknown fields refused."""
    parts: dict[str, Any] = Reports.model_json_schema()["$defs"]
    report = parts.pop("SelfReportIn")
    return {"$schema": DIALECT, **report, "title": "SelfReport", "$defs": parts}


def question_out(question: Question, library: Library, locale: str) -> QuestionOut:
    """Return one question of the form in a language."""
    texts, key = library.texts[locale], f"questions/{question.id}"
    lowest, highest, step = _range(question)
    return fields_out(
        QuestionOut,
        question,
        text=texts[f"{key}/text"],
        help=texts[f"{key}/help"],
        levels=_keep_private_levels(library, texts) if question.id == _KEEP_PRIVATE else _levels(question, texts),
        keys=[{"value": value, "label": texts[f"{key}/keys/{value}/label"]} for value in question.keys],
        min=lowest,
        max=highest,
        step=step,
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


def _keep_private_levels(library: Library, texts: Texts) -> list[LevelOut]:
    # The levels of `keep_private` are questions, so the text of a question is its label.
    return [
        {"value": question.id, "label": texts[f"questions/{question.id}/text"], "help": None}
        for question in library.questions
        if question.id in POOLED_PATHS
    ]


def _range(question: Question) -> tuple[object, object, object]:
    # A scale has no minimum and maximum of its own, but levels.
    if ANSWERS[question.id].shape in ("scale", "map_of_scales"):
        levels = [int(level) for level in question.levels]
        return min(levels), max(levels), 1
    return to_integer(question.minimum), to_integer(question.maximum), to_integer(question.step)


def _show_when(question: Question) -> ShowWhen | None:
    if question.show_when is None:
        return None
    other, levels = question.show_when
    return {"question": other, "in": [as_sent(other, level) for level in levels]}
