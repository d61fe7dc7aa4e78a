"""The couples whose views differ most, told as a person can read them: answers, and what stood there before and after.

Each is sent through the request path once more, activities included.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from app.engine.bitset import positions
from app.engine.compiled_ruleset import answer_at, paths_of
from app.engine.conditions import clauses
from app.engine.ruleset import Rule
from app.engine.self_report import SelfReport
from app.engine.view import View
from app.engine.vocabulary import ANSWERS
from app.rulesets.library import SOURCE_LOCALE, Library
from verification.answers import KEEP_PRIVATE, decode, unpack
from verification.comparison import Tally
from verification.simulate import activities, views_of

MOST = 20
_KEPT_UP = "time_together.we_already"


class Told(NamedTuple):
    """One answer in words."""

    question: str
    a: str
    b: str


def cases(tally: Tally, old: Library, new: Library) -> list[dict[str, Any]]:
    """The ways to differ most, each with one couple."""
    best = sorted(tally.ways.items(), reverse=True)[:MOST]
    return [_case(old, new, example.answers, example.viewer, example.views) for _, example in best]


def _case(old: Library, new: Library, answers: bytes, viewer: int, views: int) -> dict[str, Any]:
    couple = decode(unpack(answers), 0)
    before, after = (views_of(library.compiled, couple)[viewer] for library in (old, new))
    if before is None or after is None:
        raise TypeError("a case is somebody's view")
    fired, fires = _fired(old, before), _fired(new, after)
    rules = [
        rule for rule in (*fired, *(id_ for id_ in fires if id_ not in fired)) if (rule in fired) != (rule in fires)
    ]
    weightier = [id_ for id_ in fired if id_ in fires and _decides(fired[id_]) != _decides(fires[id_])]
    read = {path for id_ in (*rules, *weightier) for path in _read_by(old, new, id_)}
    a, b = couple
    told = [(path, Told(_text(new, path), _said(new, a, path), _said(new, b, path))) for path in ANSWERS]
    given = [(path, each) for path, each in told if each.a or each.b]
    return {
        "viewer": "ab"[viewer],
        "is_alone": b is None,
        "views": views,
        "before": _told(old, before),
        "after": _told(new, after),
        "no_longer_fires": [_title(old, id_) for id_ in fired if id_ not in fires],
        "now_fires": [_title(new, id_) for id_ in fires if id_ not in fired],
        "weighs_otherwise": [_title(new, id_) for id_ in weightier],
        "deciding_answers": [each._asdict() for path, each in given if path in read],
        "other_answers": [each._asdict() for path, each in given if path not in read],
    }


def _fired(library: Library, view: View) -> dict[str, Rule]:
    """The rules that fired in a view, by id."""
    by_id = {rule.id: rule for rule in library.ruleset.rules}
    true = view.verdicts.true & library.compiled.every_rule if view.verdicts else 0
    return {library.compiled.rules[i].id: by_id[library.compiled.rules[i].id] for i in positions(true)}


def _decides(rule: Rule) -> tuple[Any, ...]:
    return rule.suggests, rule.need, rule.withholds, rule.withholds_tones


def _read_by(old: Library, new: Library, rule: str) -> Iterator[str]:
    """The answers that a rule's findings read, in either ruleset."""
    for library in (old, new):
        findings = {finding.id: finding for finding in library.ruleset.findings}
        for each in library.ruleset.rules:
            if each.id == rule:
                for clause in clauses(each.when):
                    yield from paths_of(findings[clause.finding])


def _told(library: Library, view: View) -> dict[str, Any]:
    texts = library.texts[SOURCE_LOCALE]
    return {
        "outcome": view.outcome,
        "strategies": [
            {"id": each.strategy, "title": texts[f"strategies/{each.strategy}/title"], "standing": each.standing}
            for each in view.strategies
        ],
        "activities": [{"id": id_, "title": texts[f"activities/{id_}/title"]} for id_ in activities(library, view)],
    }


def _title(library: Library, rule: str) -> str:
    return library.texts[SOURCE_LOCALE][f"rules/{rule}/title"]


def _text(library: Library, path: str) -> str:
    return library.texts[SOURCE_LOCALE][f"questions/{path}/text"]


def _said(library: Library, report: SelfReport | None, path: str) -> str:
    """An answer in the words of its question; empty where there is none."""
    if report is None:
        return ""
    value = getattr(report, path) if path == KEEP_PRIVATE else answer_at(cast(Any, report), path)
    texts = library.texts[SOURCE_LOCALE]

    def label(level: object) -> str:
        return texts.get(f"questions/{path}/labels/{level}", str(level))

    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case frozenset() if path == KEEP_PRIVATE:
            said = sorted(_text(library, kept) for kept in value)
        case frozenset():
            said = sorted(_practice(library, each) if path == _KEPT_UP else label(each) for each in value)
        case Mapping():
            rated: dict[str, list[str]] = {}
            for kind, rating in value.items():
                rated.setdefault(label(rating), []).append(texts[f"questions/{path}/keys/{kind}/label"])
            said = [f"{rating}: {', '.join(kinds)}" for rating, kinds in sorted(rated.items())]
        case _:
            said = [label(value) if ANSWERS[path].levels else f"{value:g}"]
    return "; ".join(said) or "None of these"


def _practice(library: Library, practice: object) -> str:
    return library.texts[SOURCE_LOCALE][f"practices/{practice}/title"]
