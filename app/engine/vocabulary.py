"""The answers that a self-report can hold, by path, read from its dataclasses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import MappingProxyType, NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from app.engine.answer_types import Kind, PooledPath, PracticeId, YesNo
from app.engine.self_report import SAFETY_QUESTIONS, SelfReport

AnswerShape = Literal["choice", "scale", "yes_no", "number", "integer", "choices", "map_of_choices", "map_of_scales"]
AnswerLabel = Literal["pooled", "private", "mutual"]

KINDS: tuple[str, ...] = get_args(Kind)
PRACTICES: tuple[str, ...] = get_args(PracticeId)
POOLED_PATHS: frozenset[str] = frozenset(get_args(PooledPath))


@dataclass(frozen=True, slots=True)
class Answer:
    """The domain of one answer. `levels` are its words from low to high; empty for numbers and truth values."""

    path: str
    shape: AnswerShape
    levels: tuple[str, ...]

    @property
    def is_pooled(self) -> bool:
        """Tell whether the answer may shape what both partners are offered."""
        return self.path in POOLED_PATHS

    @property
    def label(self) -> AnswerLabel:
        """Return whom the answer may affect: both, its owner alone, or both where the two agree."""
        if self.is_pooled:
            return "pooled"
        return "mutual" if self.path.startswith("mutual.") else "private"


def _shape_of(annotation: Any) -> tuple[AnswerShape, tuple[str, ...]]:
    if annotation is int:
        return "integer", ()
    if annotation is float:
        return "number", ()
    origin, arguments = get_origin(annotation), get_args(annotation)
    # `YesNo` is a `Literal` too, so it is tested before the others.
    if annotation == YesNo:
        return "yes_no", ()
    if origin is Literal:
        return ("scale" if isinstance(arguments[0], int) else "choice"), tuple(map(str, arguments))
    if origin is frozenset:
        return "choices", _shape_of(arguments[0])[1]
    # A map leads from kinds, which are the same everywhere, to a choice or a scale.
    shape, levels = _shape_of(arguments[1])
    return ("map_of_scales" if shape == "scale" else "map_of_choices"), levels


def _types_of(group: type) -> dict[str, Any]:
    hints = get_type_hints(group)
    return {name: next(part for part in get_args(hint) if part is not NoneType) for name, hint in hints.items()}


def _answers() -> Iterator[Answer]:
    for name, kind in _types_of(SelfReport).items():
        if name in GROUPS:
            yield from (Answer(f"{name}.{part}", *_shape_of(hint)) for part, hint in _types_of(kind).items())
        else:
            yield Answer(name, *_shape_of(kind))


GROUPS: Mapping[str, type] = MappingProxyType(
    {name: kind for name, kind in _types_of(SelfReport).items() if isinstance(kind, type) and is_dataclass(kind)}
)
ANSWERS: Mapping[str, Answer] = MappingProxyType({answer.path: answer for answer in _answers()})
ALL_SKIPPED = "safety.all_skipped"
READABLE: Mapping[str, Answer] = MappingProxyType({**ANSWERS, ALL_SKIPPED: Answer(ALL_SKIPPED, "yes_no", ())})
"""What a derivation may read: the answers, and what follows from all safety answers together."""


def questions_behind(path: str) -> tuple[str, ...]:
    """Return the paths of the questions behind a path that a derivation reads."""
    return tuple(f"safety.{name}" for name in SAFETY_QUESTIONS) if path == ALL_SKIPPED else (path,)
