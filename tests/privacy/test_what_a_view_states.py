"""The words of a view are its reader's own: whatever the other one answers, no sentence of it changes.

Two worlds differ in what the other partner pooled. What stands in the reader's view may differ with it; of whatever
stands in both, every sentence is the same, and so are the opening, the limits, the insights and the next questions.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from app.api.recommendations import renderer
from app.engine import evaluate, say
from app.engine.offer import Offer
from app.engine.self_report import SelfReport
from app.engine.view import Reason, View
from app.main import create_app
from app.settings import Settings
from tests import clock
from tests.cases import rest_thorough
from tests.client import TestClient
from tests.contract.self_report import POOLED, REQUIRED, Report, report_of, some_answers, some_report, some_value
from tests.privacy.worlds import PATH

READERS = 1_200
PARTS = 4
READERS_FOR_A_LEAK = 150
ABOUT = ("text", "because")
"""What of a reason is a sentence, or tells one."""

Patch = pytest.MonkeyPatch
Leak = Callable[[Patch], None]
JsonView = dict[str, Any]


def others(random: Random) -> tuple[Report, Report]:
    """Two answers of one partner: alike but for one pooled answer, or different altogether."""
    answers = {path: some_value(random, path) for path in REQUIRED}
    answers |= some_answers(random, [path for path in POOLED if path not in REQUIRED], random.choice((0.2, 0.6)))
    if random.random() < 0.3:
        # What both agree on is for both to know, so it is left out.
        return report_of(answers), {**some_report(random), "mutual": None}
    changed = random.choice(sorted(POOLED))
    return report_of(answers), report_of({**answers, changed: some_value(random, changed)})


def view_beside(caller: TestClient, mine: Report, theirs: Report, explain: str) -> JsonView:
    body = {"reports": {"a": theirs, "b": mine}, "viewer": "b", "seed": "two", "turn": 1, "explain": explain}
    view: JsonView = caller.post(PATH, json=body).json()["views"]["b"]
    return view


def told_apart(caller: TestClient, mine: Report, one: Report, two: Report, explain: str = "full") -> Iterator[str]:
    """Yield what a reader would read otherwise beside another partner."""
    here, there = (view_beside(caller, mine, theirs, explain) for theirs in (one, two))
    if here["outcome"] != there["outcome"]:
        return
    yield from (part for part in ("opening", "insights", "ask_next", "limits", "trace") if here[part] != there[part])
    for name, strategy, other in standing_in_both(here["strategies"], there["strategies"]):
        if (strategy["standing"] == "not_now") == (other["standing"] == "not_now"):
            parts = ("reasons", "withheld_by")
            yield from (f"{part} of {name}" for part in parts if said(here, strategy[part]) != said(there, other[part]))
    for name, activity, other in standing_in_both(here["activities"], there["activities"]):
        if activity["why"] != other["why"] or said(here, activity["reasons"]) != said(there, other["reasons"]):
            yield f"reasons of {name}"


def standing_in_both(here: list[Any], there: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    others_by_id = {one["id"]: one for one in there}
    return ((one["id"], one, others_by_id[one["id"]]) for one in here if one["id"] in others_by_id)


def said(view: JsonView, reasons: list[str]) -> list[Any]:
    """The sentences of these reasons, with what they name."""
    return [[id_, *(view["reasons"][id_][part] for part in ABOUT)] for id_ in reasons]


@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_sentence_tells_what_the_other_answered(caller: TestClient, part: int) -> None:
    random = Random(200 + part)
    for _ in range(READERS // PARTS):
        mine, (one, two) = some_report(random), others(random)
        explain = random.choice(("reasons", "full"))
        assert list(told_apart(caller, mine, one, two, explain)) == [], (mine, one, two)


# The same check with each of these planted


def change_view(change: Callable[[Offer, View], View]) -> Leak:
    """Let a full view be changed by someone who has read the whole offer."""

    def plant(patch: Patch) -> None:
        view_fully = evaluate.view_fully

        def view_otherwise(offer: Offer, mine: SelfReport, disclosed: SelfReport) -> View:
            return change(offer, view_fully(offer, mine, disclosed))

        patch.setattr(evaluate, "view_fully", view_otherwise)

    return plant


def of_the_other(offer: Offer, group: str, name: str) -> Any:
    answers = offer.other and getattr(offer.other.report, group)
    return answers and getattr(answers, name)


def rules_speak_for_both(patch: Patch) -> None:
    """The own verdict is that of the pair, as it was before words were the reader's own."""
    full_reader = evaluate.full_reader

    def reader(offer: Offer, mine: SelfReport, disclosed: SelfReport) -> say.Reader:
        known = full_reader(offer, mine, disclosed)
        return known._replace(verdict=known.verdict._replace(true=known.verdict.true | offer.pair.true)).listening()

    patch.setattr(evaluate, "full_reader", reader)


def an_opening_on_both(offer: Offer, view: View) -> View:
    return view if of_the_other(offer, "closeness", "level") in (None, 1, 2, 3) else view._replace(opening=())


def an_insight_on_both(offer: Offer, view: View) -> View:
    tired = of_the_other(offer, "busyness", "energy") == "drained"
    return view._replace(insights=(*view.insights, "no_need_to_talk")) if tired else view


def limits_on_both(offer: Offer, view: View) -> View:
    open_budget = offer.other and not of_the_other(offer, "circumstances", "budget")
    return view._replace(limits=(*view.limits, "one_heard")) if open_budget else view


def a_question_less(offer: Offer, view: View) -> View:
    answered = of_the_other(offer, "novelty", "routine") is not None
    return view._replace(ask_next=view.ask_next[1:]) if answered else view


def a_reason_for_what_the_other_loves(offer: Offer, view: View) -> View:
    loved = offer.other.taste.loved if offer.other else 0
    shown = [
        each._replace(reasons=(*each.reasons, say.TASTES["love"])) if loved >> each.position & 1 else each
        for each in view.activities
    ]
    return view._replace(activities=tuple(shown))


def a_cause_that_is_the_others(offer: Offer, view: View) -> View:
    """What is not for now names a rule that only the other one's answers fire."""
    firing = [rule.id for i, rule in enumerate(offer.compiled.rules) if offer.pair.true >> i & 1 and not rule.need]
    why = tuple(Reason(id_) for id_ in firing)
    return view._replace(
        strategies=tuple(
            each._replace(withheld_by=why or each.withheld_by) if each.standing == "not_now" else each
            for each in view.strategies
        )
    )


def a_why_by_the_place_in_the_list(patch: Patch) -> None:
    """The wording turns with what stands there, and not with the turn alone."""
    written = renderer.Renderer._activity

    def activity(self: renderer.Renderer, suggestion: Any, depth: Any, turn: int, *rest: Any) -> bytes:
        return written(self, suggestion, depth, turn + len(rest[-1]), *rest)

    patch.setattr(renderer.Renderer, "_activity", activity)


LEAKS: dict[str, Leak] = {
    "rules speak for both": rules_speak_for_both,
    "opening": change_view(an_opening_on_both),
    "insight": change_view(an_insight_on_both),
    "limits": change_view(limits_on_both),
    "ask_next": change_view(a_question_less),
    "taste": change_view(a_reason_for_what_the_other_loves),
    "cause": change_view(a_cause_that_is_the_others),
    "why": a_why_by_the_place_in_the_list,
}


@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize("leak", rest_thorough(LEAKS, first=4))
def test_a_word_that_tells_is_found(monkeypatch: Patch, leak: Leak) -> None:
    """With an application of its own: what was put into words once is kept."""
    leak(monkeypatch)
    random = Random(8)
    with TestClient(create_app(Settings(), clock=clock.now)) as caller:
        found = (list(told_apart(caller, some_report(random), *others(random))) for _ in range(READERS_FOR_A_LEAK))
        assert any(found), "nothing was found"
