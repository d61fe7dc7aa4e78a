"""No private answer of A changes one byte of what B sees; and whatever would is found."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from starlette.responses import Response

from app.api.recommendations import recommendations
from app.api.recommendations.recommendations import Recommendation, RecommendationRequest
from app.api.recommendations.renderer import Renderer
from app.engine import evaluate as engine
from app.engine.say import PLAIN
from app.engine.self_report import PooledConflict, PooledReport, Private, Safety, SelfReport, pool, poolable
from app.engine.view import NOT_WILLING, AskNext, View
from tests.cases import rest_thorough
from tests.client import TestClient
from tests.privacy.worlds import pairs, what_b_can_tell

PAIRS = 3_200
PARTS = {f"part {number}": number for number in range(8)}
PAIRS_FOR_A_LEAK = 400

Patch = pytest.MonkeyPatch
Views = Mapping[recommendations.Viewer, View]
Leak = Callable[[Patch], None]


@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize("part", rest_thorough(PARTS, first=1))
def test_b_cannot_tell_what_a_keeps_private(caller: TestClient, part: int) -> None:
    seen = 0
    for number, worlds in enumerate(pairs(seed=100 + part, count=PAIRS // len(PARTS))):
        assert what_b_can_tell(caller, worlds) is None, f"pair {number}: {worlds}"
        seen += worlds.one != worlds.other
    assert seen > 0.85 * PAIRS / len(PARTS), "too many of the worlds were the same"


# Leaks, planted one at a time


def private_of(report: SelfReport) -> Private:
    return report.private or Private()


def safety_of(report: SelfReport) -> Safety:
    return report.safety or Safety()


def change_views(change: Callable[[RecommendationRequest, View], View]) -> Leak:
    """Let the view of B be changed by someone who has read the whole request."""

    def plant(patch: Patch) -> None:
        decide = recommendations._decide

        def decide_otherwise(library: Any, asked: RecommendationRequest) -> Views:
            views = dict(decide(library, asked))
            if "b" in views:
                views["b"] = change(asked, views["b"])
            return views

        patch.setattr(recommendations, "_decide", decide_otherwise)

    return plant


def change_pooling(pooled: Callable[[SelfReport], PooledReport]) -> Leak:
    def plant(patch: Patch) -> None:
        patch.setattr(recommendations, "pool", pooled)
        patch.setattr(engine, "pool", pooled)

    return plant


def suppressed_when_the_other_is_afraid(asked: RecommendationRequest, view: View) -> View:
    return view._replace(activities=()) if safety_of(asked.reports.a).fear == "yes" else view


def a_pooled_rule_that_reads_how_acts_are_read(report: SelfReport) -> PooledReport:
    means_harm = report.conflict and report.conflict.feels_meant_to_hurt in ("often", "always")
    return replace(pool(report), conflict=PooledConflict(level="chronic")) if means_harm else pool(report)


def a_pooled_rule_that_reads_willingness(report: SelfReport) -> PooledReport:
    if private_of(report).willingness != "no" or report.busyness is None:
        return pool(report)
    return replace(pool(report), busyness=replace(report.busyness, longest_slot_minutes=5))


def turned_round_when_the_other_leans_out(asked: RecommendationRequest, view: View) -> View:
    return view._replace(activities=view.activities[::-1]) if private_of(asked.reports.a).leaning_out else view


def one_fewer_when_the_other_feels_rejected(asked: RecommendationRequest, view: View) -> View:
    return view._replace(activities=view.activities[:-1]) if private_of(asked.reports.a).feels_rejected else view


def an_insight_about_the_other(asked: RecommendationRequest, view: View) -> View:
    unhappy = (private_of(asked.reports.a).physical_closeness or 5) <= 2
    return view._replace(insights=(*view.insights, "no_need_to_talk")) if unhappy else view


def a_question_that_the_other_left_open(asked: RecommendationRequest, view: View) -> View:
    if asked.reports.a.closeness is None or asked.reports.a.closeness.level is None:
        return view._replace(ask_next=(AskNext("closeness.level", 9), *view.ask_next))
    return view


def a_line_about_what_was_kept_back(asked: RecommendationRequest, view: View) -> View:
    return view._replace(limits=(*view.limits, "one_heard")) if asked.reports.a.keep_private else view


def sooner_when_the_other_was_hurt(asked: RecommendationRequest, view: View) -> View:
    return view._replace(next_check_in_days=1) if safety_of(asked.reports.a).hurt == "yes" else view


def a_trace_by_the_others_answers(asked: RecommendationRequest, view: View) -> View:
    """A level is shown wherever either of the two gave it, what is kept private included."""
    if view.verdict is None:
        return view
    codes = list(view.verdict.codes)
    codes[0] = int(asked.reports.a.conflict.level == "chronic")
    return view._replace(verdict=view.verdict._replace(codes=tuple(codes)))


def a_reason_by_the_others_answers(asked: RecommendationRequest, view: View) -> View:
    """What is withheld from the other for private reasons is given as a reason here."""
    if private_of(asked.reports.a).recent_breach is None:
        return view
    why = PLAIN[NOT_WILLING]
    return view._replace(strategies=tuple(each._replace(withheld_by=(why,)) for each in view.strategies))


def a_failure_when_the_other_thinks_of_harm(asked: RecommendationRequest, view: View) -> View:
    if safety_of(asked.reports.a).self_harm == "yes":
        raise LookupError("nothing for this one")
    return view


def a_help_link_that_knows(patch: Patch) -> None:
    recommend = recommendations.recommend

    def link(library: Any, asked: RecommendationRequest, *rest: Any) -> Recommendation:
        answer = recommend(library, asked, *rest)
        kind = b"danger" if safety_of(asked.reports.a).threat == "yes" else b"any"
        return answer._replace(body=answer.body.replace(b'"help":"/v1/help', b'"help":"/v1/help/' + kind))

    patch.setattr(recommendations, "recommend", link)


def a_basis_that_knows(patch: Patch) -> None:
    recommend = recommendations.recommend

    def say(library: Any, asked: RecommendationRequest, *rest: Any) -> Recommendation:
        answer = recommend(library, asked, *rest)
        gone = private_of(asked.reports.a).willingness == "no"
        return answer._replace(body=answer.body.replace(b'"both_partners"', b'"one_partner"') if gone else answer.body)

    patch.setattr(recommendations, "recommend", say)


def a_tag_of_the_whole_request(patch: Patch) -> None:
    recommend, tags = recommendations.recommend, []

    def tag(library: Any, asked: RecommendationRequest, *rest: Any) -> Recommendation:
        tags.append(sha256(repr(asked).encode()).hexdigest())
        return recommend(library, asked, *rest)

    def send(body: bytes, *, media_type: str, headers: dict[str, str]) -> Response:
        return Response(body, media_type=media_type, headers={**headers, "ETag": f'"{tags[-1]}"'})

    patch.setattr(recommendations, "recommend", tag)
    patch.setattr(recommendations, "Response", send)


def a_language_that_knows(patch: Patch) -> None:
    recommend = recommendations.recommend

    def speak(library: Any, asked: RecommendationRequest, *rest: Any) -> Recommendation:
        answer = recommend(library, asked, *rest)
        return answer._replace(locale="en-x-safe") if asked.reports.a.safety else answer

    patch.setattr(recommendations, "recommend", speak)


def a_renderer_that_remembers(patch: Patch) -> None:
    """Words that one view was put in stay for the next one, whosesoever it is."""
    view_as_bytes, said = Renderer.view, []

    def view(self: Renderer, view: View, *rest: Any) -> bytes:
        said.append(view.outcome)
        written = view_as_bytes(self, view, *rest)
        after_support = len(said) > 1 and said[-2] == "support"
        return written.replace(b'"limits":["', b'"limits":["As before: ') if after_support else written

    patch.setattr(Renderer, "view", view)


LEAKS: dict[str, Leak] = {
    "suppression by fear": change_views(suppressed_when_the_other_is_afraid),
    "a pooled rule on a private finding": change_pooling(a_pooled_rule_that_reads_how_acts_are_read),
    "a limit by willingness": change_pooling(a_pooled_rule_that_reads_willingness),
    "what was kept private is pooled": change_pooling(poolable),
    "order": change_views(turned_round_when_the_other_leans_out),
    "count": change_views(one_fewer_when_the_other_feels_rejected),
    "insight": change_views(an_insight_about_the_other),
    "ask_next": change_views(a_question_that_the_other_left_open),
    "limits": change_views(a_line_about_what_was_kept_back),
    "next check": change_views(sooner_when_the_other_was_hurt),
    "level and trace": change_views(a_trace_by_the_others_answers),
    "reason": change_views(a_reason_by_the_others_answers),
    "status": change_views(a_failure_when_the_other_thinks_of_harm),
    "help link": a_help_link_that_knows,
    "basis": a_basis_that_knows,
    "ETag": a_tag_of_the_whole_request,
    "Content-Language": a_language_that_knows,
    "memory": a_renderer_that_remembers,
}


@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize("leak", rest_thorough(LEAKS, first=6))
def test_a_planted_leak_is_found(caller: TestClient, monkeypatch: Patch, leak: Leak) -> None:
    leak(monkeypatch)

    found = (what_b_can_tell(caller, worlds) for worlds in pairs(seed=7, count=PAIRS_FOR_A_LEAK))
    assert any(found), "nothing was found"


def test_more_than_ten_leaks_are_planted() -> None:
    assert len(LEAKS) > 10
