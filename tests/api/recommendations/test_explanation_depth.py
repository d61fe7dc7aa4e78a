from datetime import date

import pytest

from app.api.recommendations.renderer import DEPTHS, Renderer
from app.api.recommendations.view_shapes import Explain
from app.engine.evaluate import evaluate_both
from app.engine.history import Moment
from app.rulesets.library import Library
from tests.engine.reports import random_report, seeded

TODAY = date(2026, 3, 4)


@pytest.mark.parametrize("explain", ["none", "reasons", "full"])
def test_working_out_only_what_is_written_changes_no_byte(library: Library, explain: Explain) -> None:
    random, renderer = seeded(11), Renderer(library, "en")
    for turn in range(120):
        a, b = random_report(random), random_report(random)
        views = [
            [
                renderer.view(view, "US", explain, TODAY)
                for view in evaluate_both(library.compiled, a, b, (Moment("s", turn, most_rules=most),) * 2)
            ]
            for most in (None, DEPTHS[explain].most_rules)
        ]
        assert views[0] == views[1]


def test_no_more_rules_are_worked_out_than_are_asked_for(library: Library) -> None:
    random = seeded(12)
    most = 0
    for _ in range(40):
        a, b = random_report(random), random_report(random)
        every, few = (evaluate_both(library.compiled, a, b, (Moment(most_rules=count),) * 2)[0] for count in (None, 1))
        for strategy, limited in zip(every.strategies, few.strategies, strict=True):
            assert limited.reasons == strategy.reasons[:1]
        for activity, shorter in zip(every.activities, few.activities, strict=True):
            assert shorter.reasons[:1] == activity.reasons[:1]
            assert len(shorter.reasons) <= 2
            most = max(most, len(activity.reasons))
    assert most > 2
