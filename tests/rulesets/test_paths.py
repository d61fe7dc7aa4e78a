from collections.abc import Callable, Mapping

import pytest

from app.rulesets.library import Library

Mistakes = Callable[[Mapping[str, object]], list[str]]
PATH = """\
slowly:
  title: Slowly
  summary: One small thing after another.
  steps: [{steps}]
  claims: [C03]
  evidence: {{ grade: D, note: Not studied by itself. }}
"""


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("quiet-te", "`quiet-te` is not known here"),
        ("quiet-tea, quiet-tea, weekend-away, weekend-away", "`quiet-tea` is listed twice"),
        ("quiet-tea, weekend-away", "a path has 4 to 6 steps"),
        (
            "quiet-tea, weekend-away",
            "at least one step is for one alone; joint ones come only where both began the path",
        ),
    ],
)
def test_a_mistake_in_the_steps_is_named(mistakes_after: Mistakes, steps: str, reason: str) -> None:
    assert any(reason in mistake for mistake in mistakes_after({"paths.yaml": PATH.format(steps=steps)}))


def test_a_path_may_rest_on_a_private_finding_alone(mistakes_after: Mistakes) -> None:
    path = PATH.format(steps="quiet-tea, weekend-away") + "  rests_on: talk\n"

    assert any("`talk` is not known here" in mistake for mistake in mistakes_after({"paths.yaml": path}))


def test_each_path_begins_small_enough_and_calls_on_what_there_is(library: Library) -> None:
    activities = {activity.id: activity for activity in library.ruleset.activities}

    assert 6 <= len(library.ruleset.paths) <= 8
    for path in library.ruleset.paths:
        steps = [activities[step] for step in path.steps]
        assert 4 <= len(steps) <= 6
        assert min(step.minutes for step in steps[:2]) <= 15
        assert all(step.practice != "affection" for step in steps), "touch needs a yes of both, and no path gives one"
        assert path.claims


def test_what_is_for_a_breach_says_so(library: Library) -> None:
    assert {path.id: path.rests_on for path in library.ruleset.paths if path.rests_on} == {"after-a-breach": "breach"}
