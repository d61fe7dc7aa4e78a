"""A view is short enough for two tired people: what half of all views have to read, with and without the steps."""

import json
from collections.abc import Iterator
from statistics import median
from typing import Any

from app.api.recommendations.renderer import Renderer
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import Moment
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.sampling import sample_couples
from tests import clock

Json = dict[str, Any]

COUPLES = range(600)
MOST_WORDS = 420
MOST_WORDS_WITH_ALL_STEPS = 650


def test_half_of_all_views_are_short(library: Library) -> None:
    views = [*first_views(library)]

    assert len(views) > len(COUPLES)
    assert median(words(told_of(view)) for view in views) <= MOST_WORDS
    assert median(words(told_of(view) + steps_of(view)) for view in views) <= MOST_WORDS_WITH_ALL_STEPS


def first_views(library: Library) -> Iterator[Json]:
    """Yield the views that suggest something, of everyone who was heard, as an app receives them."""
    renderer = Renderer(library, SOURCE_LOCALE)
    for couple in sample_couples(COUPLES):
        moment = Moment(seed=f"couple {couple.number}")
        if couple.b is None:
            views = [evaluate(library.compiled, couple.a, None, moment=moment)]
        else:
            views = [*evaluate_both(library.compiled, couple.a, couple.b, (moment, moment))]
        for view in views:
            if view.outcome == "suggestions":
                yield json.loads(renderer.view(view, "US", "reasons", clock.now().date()))


def told_of(view: Json) -> list[str]:
    """Return all that is said in a view but the steps; a reason that stands in two places is read once."""
    ids = {
        *(id_ for activity in view["activities"] for id_ in activity["reasons"]),
        *(id_ for strategy in view["strategies"] for id_ in (*strategy["reasons"], *strategy["withheld_by"])),
    }
    return [
        view["opening"] or "",
        *(activity[key] for activity in view["activities"] for key in ("title", "summary", "why")),
        *(view["reasons"][id_]["text"] for id_ in ids),
        *(insight["text"] for insight in view["insights"]),
        *view["limits"],
        *(question["why"] for question in view["ask_next"]),
    ]


def steps_of(view: Json) -> list[str]:
    return [step for activity in view["activities"] for step in activity["steps"]]


def words(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)
