"""Answers in the words of their questions."""

from collections.abc import Mapping
from typing import Any

from app.engine.vocabulary import ANSWERS
from app.rulesets.library import Texts

_KEPT_PRIVATE = "keep_private"
_KEPT_UP = "time_together.we_already"
"""These two are answered with the names of other things: of questions, and of practices."""


def answer_in_words(texts: Texts, path: str, value: Any) -> str:
    """Return an answer in words; empty where there is none."""
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case frozenset():
            return "; ".join(sorted(_label(texts, path, member) for member in value)) or "None of these"
        case Mapping():
            by_rating: dict[str, list[str]] = {}
            for key, rating in value.items():
                by_rating.setdefault(_label(texts, path, rating), []).append(
                    texts[f"questions/{path}/keys/{key}/label"]
                )
            return "; ".join(f"{rating}: {', '.join(keys)}" for rating, keys in sorted(by_rating.items()))
        case _:
            return _label(texts, path, value) if ANSWERS[path].levels else f"{value:g}"


def _label(texts: Texts, path: str, level: object) -> str:
    if path == _KEPT_PRIVATE:
        return texts[f"questions/{level}/text"]
    if path == _KEPT_UP:
        return texts[f"practices/{level}/title"]
    return texts.get(f"questions/{path}/labels/{level}", str(level))
