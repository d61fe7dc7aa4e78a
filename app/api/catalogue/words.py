"""The words for all codes of responses, and the languages that texts exist in."""

from functools import lru_cache

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import CachedCollection, Listing, collection_response, serialize_collection
from app.api.http.responses import example_cached_list
from app.api.http.routing import ResourceRouter
from app.rulesets.labels import labels_of
from app.rulesets.library import SOURCE_LOCALE, Library, Question, Texts
from app.rulesets.sources import PLAN_TITLES

router = ResourceRouter(prefix="/v1", tags=["catalogue"])


class LabelOut(TypedDict):
    """A code, and what to show for it."""

    value: str
    label: str


class LabelListOut(TypedDict):
    """The codes of one list, such as `cost`, or of the answers to one question, such as `conflict.level`."""

    id: str
    words: list[LabelOut]


class LabelLists(Listing[LabelListOut]):
    """The words for codes, by list."""


class LocaleOut(TypedDict):
    """A language, and whether everything is translated to it; what is not reads in English."""

    id: str
    is_whole: bool


class Locales(Listing[LocaleOut]):
    """The languages, English first."""


@router.get(
    "/words",
    summary="List the words for codes",
    response_model=LabelLists,
    responses=example_cached_list({"id": "cost", "words": [{"value": "free", "label": "Free"}]}),
)
async def list_words(request: Request) -> Response:
    """Return what to show for each code of an answer, a view or another response, so that apps invent no words."""
    return collection_response(request, _words)


@router.get(
    "/locales",
    summary="List the languages",
    response_model=Locales,
    responses=example_cached_list({"id": SOURCE_LOCALE, "is_whole": True}),
)
async def list_locales(request: Request) -> Response:
    """Return the languages of texts. Another one is answered in the nearest, or in English."""
    return collection_response(request, _locales)


@lru_cache(maxsize=16)
def _words(library: Library, locale: str) -> CachedCollection:
    lists = _labels_of_all(library, library.texts[locale])
    words = {id_: [LabelOut(value=code, label=label) for code, label in lists[id_].items()] for id_ in lists}
    return serialize_collection({id_: LabelListOut(id=id_, words=labels) for id_, labels in words.items()})


def _labels_of_all(library: Library, texts: Texts) -> dict[str, dict[str, str]]:
    """Return the labels of all codes: those of `labels.yaml`, and those that stand with what they name.

    The levels of an answer are a list by the name of its question.
    """
    ruleset = library.ruleset
    likes = next(question for question in library.questions if question.id == "activity_preferences.likes")
    named = {
        "kind": {kind: texts[f"questions/{likes.id}/keys/{kind}/label"] for kind in likes.keys},
        "strategy": {one.id: texts[f"strategies/{one.id}/title"] for one in ruleset.strategies},
        "practice": {one.id: texts[f"practices/{one.id}/title"] for one in ruleset.practices},
        "purpose": {one.id: texts[f"purposes/{one.id}/title"] for one in ruleset.purposes},
        "path": {one.id: texts[f"paths/{one.id}/title"] for one in ruleset.paths},
        "finding": {one.id: texts[f"findings/{one.id}/about"] for one in ruleset.findings},
        "question": {one.id: texts[f"questions/{one.id}/text"] for one in library.questions},
    }
    answers = {one.id: _level_labels(one, texts) for one in library.questions}
    return labels_of(texts) | named | {id_: labels for id_, labels in answers.items() if labels}


def _level_labels(question: Question, texts: Texts) -> dict[str, str]:
    """Return the labels of the levels that have some of their own; others are numbers, or names of other things."""
    labels = {level: texts.get(f"questions/{question.id}/labels/{level}") for level in map(str, question.levels)}
    return {level: label for level, label in labels.items() if label and not level.isdigit()}


@lru_cache(maxsize=16)
def _locales(library: Library, _: str) -> CachedCollection:
    source = library.texts[SOURCE_LOCALE]
    tags = [SOURCE_LOCALE, *sorted(library.texts.keys() - {SOURCE_LOCALE})]
    # An untranslated text is the English one itself.
    untranslated = {tag: any(library.texts[tag][key] is text for key, text in source.items()) for tag in tags}
    return serialize_collection(
        {tag: {"id": tag, "is_whole": tag == SOURCE_LOCALE or not untranslated[tag]} for tag in tags}
    )


def plan_titles(library: Library, locale: str) -> dict[str, str]:
    """Return the titles of plan items in a language, by id."""
    titles = labels_of(library.texts[locale])["plan_title"]
    return {id_: titles[id_] for id_ in PLAN_TITLES}
