"""The report of a simulation as plain data: its JSON, and the values of its page."""

from collections.abc import Iterator
from itertools import product

from app.engine.plain_values import Plain
from app.engine.ruleset import Rule
from app.engine.vocabulary import ANSWERS
from app.rulesets.answer_words import answer_in_words
from app.rulesets.comparison import (
    ASPECT_TITLES,
    ASPECTS,
    CoupleComparison,
    ShownView,
    ViewDifference,
    decides,
    deciding_paths,
)
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.plain_reports import answers_of
from app.rulesets.review import rules_in_force
from verification.pages import render
from verification.simulation import Simulation, read_segments

NOTHING = "nothing"


def report_of(simulation: Simulation, old: Library, new: Library, comparison: CoupleComparison) -> Plain:
    """Return the whole report. The same simulation gives the same report, wherever it was counted."""
    return {
        "old": {"version": old.version, "digest": old.digest},
        "new": {"version": new.version, "digest": new.digest},
        "couples": {
            "is_synthetic": True,
            "seed": simulation.seed,
            "count": comparison.couples,
            "changed": comparison.couples_changed,
        },
        "segments": [
            {"id": id_, "title": title, "views": comparison.views[id_]}
            | {aspect: comparison.changed[aspect, id_] for aspect in ("any", *ASPECTS)}
            for id_, title in read_segments().titles.items()
        ],
        "leading": [
            {"before": before or NOTHING, "after": after or NOTHING, "views": views}
            for (before, after), views in sorted(comparison.leading.items(), key=str)
        ],
        "strategies": list(_gains(comparison, old, new, "strategies")),
        "activities": list(_gains(comparison, old, new, "activities")),
        "rules": list(_rules(comparison, old, new)),
        "cases": [_case(comparison, old, new, example) for example in comparison.examples()],
    }


def page_of(report: Plain) -> str:
    """Return the page of a report."""
    titles = {strategy["id"]: strategy["title"] for strategy in report["strategies"]} | {NOTHING: "Nothing"}
    views = {(pair["before"], pair["after"]): pair["views"] for pair in report["leading"]}
    names = {id_: title for id_, title in titles.items() if any(id_ in pair for pair in views)}
    pairs = [
        {"before": before, "after": after, "views": views.get((before, after), 0), "stays": before == after}
        for before, after in product(names, names)
    ]
    shares = [(segment["title"], segment["any"], segment["views"]) for segment in report["segments"]]
    return render(
        "simulation.html", **report, aspects=ASPECT_TITLES, shares=shares, leading_titles=names, leading_pairs=pairs
    )


def _gains(comparison: CoupleComparison, old: Library, new: Library, kind: str) -> Iterator[Plain]:
    """Yield what views gain or lose, those with the most such views first; of strategies every one."""
    keys = {key for key in comparison.gained | comparison.lost if key.startswith(f"{kind}/")}
    if kind == "strategies":
        keys |= {f"{kind}/{strategy.id}" for library in (old, new) for strategy in library.ruleset.strategies}
    for key in sorted(keys, key=lambda key: (-comparison.gained[key] - comparison.lost[key], key)):
        title = _text(new, f"{key}/title") or _text(old, f"{key}/title")
        counts = {"gained": comparison.gained[key], "lost": comparison.lost[key]}
        yield {"id": key.partition("/")[2], "title": title} | counts


def _rules(comparison: CoupleComparison, old: Library, new: Library) -> Iterator[Plain]:
    """Yield the rules that were added, removed or changed, or that fire in other views."""
    before, after = ({rule.id: rule for rule in rules_in_force(library)} for library in (old, new))
    for id_ in dict.fromkeys((*before, *after)):
        change = _change(before.get(id_), after.get(id_))
        fires = {key[1:]: views for key, views in comparison.fired.items() if key[0] == id_}
        both, only_old, only_new = (fires.get(key, 0) for key in ((True, True), (True, False), (False, True)))
        if change != "same" or only_old or only_new:
            title = _text(new if id_ in after else old, f"rules/{id_}/title")
            counts = {"old": both + only_old, "new": both + only_new, "changed": only_old + only_new}
            yield {"id": id_, "title": title, "change": change} | counts


def _change(before: Rule | None, after: Rule | None) -> str:
    if before is None or after is None:
        return "added" if before is None else "removed"
    return "same" if decides(before) == decides(after) else "changed"


def _case(comparison: CoupleComparison, old: Library, new: Library, example: ViewDifference) -> Plain:
    deciding, texts = deciding_paths(old, new, example), new.texts[SOURCE_LOCALE]
    a, b = ({} if report is None else dict(answers_of(report)) for report in (example.couple.a, example.couple.b))

    def in_words(path: str) -> Plain:
        words = {name: answer_in_words(texts, path, of.get(path)) for name, of in (("a", a), ("b", b))}
        return {"question": texts[f"questions/{path}/text"], **words}

    answered = [path for path in ANSWERS if path in a or path in b]
    return {
        "couple": example.couple.number,
        "viewer": example.viewer,
        "is_alone": example.couple.b is None,
        "views": comparison.ways[example.way],
        "aspects": list(example.aspects),
        "before": _view(old, example.old),
        "after": _view(new, example.new),
        "no_longer_fires": [_text(old, f"rules/{id_}/title") for id_ in example.no_longer_fires],
        "now_fires": [_text(new, f"rules/{id_}/title") for id_ in example.now_fires],
        "deciding_answers": [in_words(path) for path in answered if path in deciding],
        "other_answers": [in_words(path) for path in answered if path not in deciding],
    }


def _view(library: Library, view: ShownView) -> Plain:
    def titled(kind: str, ids: tuple[str, ...]) -> list[Plain]:
        return [{"id": id_, "title": _text(library, f"{kind}/{id_}/title")} for id_ in ids]

    strategies, activities = titled("strategies", view.strategies), titled("activities", view.activities)
    return {"outcome": view.outcome, "strategies": strategies, "activities": activities}


def _text(library: Library, key: str) -> str:
    return library.texts[SOURCE_LOCALE].get(key, "")
