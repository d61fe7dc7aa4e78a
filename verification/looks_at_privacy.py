"""Looks at what a page tells: of private answers, of the other partner, and why something stands there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.engine.explain import explain
from app.engine.self_report import pool
from app.engine.view import Reason, View
from app.engine.vocabulary import ANSWERS
from app.rulesets.plain_reports import Answers, report_of
from verification.judged import judge
from verification.random_answers import random_answers
from verification.trials import Trial, TrialCheck

_WILLING = "private.willingness"
_ALARMING: Mapping[str, str] = {
    path: "often" if path == "safety.humiliated" else "yes" for path in ANSWERS if path.startswith("safety.")
}
"""By each safety answer, the level that asks for help."""
_PRIVATE = tuple(path for path, answer in ANSWERS.items() if answer.label == "private" and path != "keep_private")
_WIDTHS = ("yes", "small_steps", "no")
"""How willing somebody is who has said nothing else in private, for each width: everything, little and nothing."""
_CARE: Answers = {"conflict.feels_meant_to_hurt": "always", "conflict.being_together_feels": "avoided"}


def _the_quiet_page_tells_nothing(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Compare one who needs support with one who does not want to now: the same page, and the same explanations."""
    answers = {path: value for path, value in seen.drawn.mine.items() if path != _WILLING}
    another = seen.random.choice(tuple(_ALARMING))
    alarming, level = seen.random.choice(tuple(_ALARMING.items()))
    stated = {another: seen.random.choice(ANSWERS[another].levels), alarming: level}
    in_need, unwilling = report_of(answers | stated), report_of(answers | {_WILLING: "no"})
    target = seen.random.choice(seen.random.choice(seen.ground.targets))
    details["things asked about"] += 1
    if seen.see(in_need, quiet=True) != seen.see(unwilling, quiet=True):
        yield f"the quiet page tells of {', '.join(sorted(stated))}"
    why, why_else = (
        explain(seen.compiled, report, seen.pooled, target, seen.agreed, seen.moment, quiet=True)
        for report in (in_need, unwilling)
    )
    if why != why_else:
        yield f"what is said of {target.id} tells of {', '.join(sorted(stated))}"


def _a_quiet_page_has_three_widths(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Compare a page after random private answers with those of somebody who has only said how willing they are."""
    open_ = {path: value for path, value in seen.drawn.mine.items() if path not in _PRIVATE}
    drawn = random_answers(seen.random)
    private = {path: value for path, value in drawn.items() if path in _PRIVATE}
    page = seen.see(report_of({**open_, **private}), quiet=True)
    widths = [seen.see(report_of({**open_, _WILLING: willing}), quiet=True) for willing in _WIDTHS]
    details["pages that are not of the least width"] += page != widths[-1]
    if page not in widths:
        yield f"the quiet page tells of {', '.join(sorted(private))}"


def _private_answers_only_take_away(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Compare what is offered with and without the private answers, and what then is chosen from."""
    details["offers compared"] += 1
    open_ = report_of({path: value for path, value in seen.drawn.mine.items() if path not in _PRIVATE})
    with_, without = seen.judged.offer, judge(seen.compiled, open_, seen.theirs, seen.moment).offer
    if with_ != without:
        yield "a private answer changes what both are offered"
    if seen.stands.eligible & ~without.eligible:
        yield "a private answer adds something"


def _words_come_from_the_reader_alone(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Change one pooled answer of the other, and compare all that is said of what stands in both worlds."""
    if seen.drawn.theirs is None or seen.theirs is None:
        return
    answers = random_answers(seen.random)
    disclosed = {path: value for path, value in answers.items() if ANSWERS[path].is_pooled and path != "keep_private"}
    path = seen.random.choice(sorted(disclosed))
    others = {**seen.drawn.theirs, path: disclosed[path]}
    if pool(report_of(others)) == seen.pooled:
        return
    details["words compared"] += 1
    for quiet in (False, True):
        here = seen.see(seen.mine, quiet=quiet)
        there = Trial(seen.ground, seen.drawn._replace(theirs=others), seen.random).see(seen.mine, quiet=quiet)
        yield from (f"{part} tells of the other's {path}" for part in _unlike(here, there))


def _unlike(one: View, two: View) -> Iterator[str]:
    """Yield the parts of two views that say different things of what stands in both.

    A page with nothing on it says the same to everyone. Were it to keep the reader's own opening where the other's
    answers emptied it, it would tell who emptied it.
    """
    if one.outcome != two.outcome:
        return
    if (one.opening, one.ask_next) != (two.opening, two.ask_next):
        yield "the opening, or what is asked next,"
    if (one.limits, one.insights) != (two.limits, two.insights):
        yield "a limit or an insight"
    parts: tuple[tuple[str, dict[Any, Any], dict[Any, Any]], ...] = (
        ("strategy", {s.strategy: s for s in one.strategies}, {s.strategy: s for s in two.strategies}),
        ("activity", {s.position: s for s in one.activities}, {s.position: s for s in two.activities}),
    )
    for name, stated, also in parts:
        for id_ in stated.keys() & also.keys():
            if _standing(stated[id_]) == _standing(also[id_]) and _words(stated[id_]) != _words(also[id_]):
                yield f"what is said of {name} {id_}"


def _standing(part: Any) -> bool:
    return getattr(part, "standing", None) == "not_now"


def _words(part: Any) -> tuple[Reason, ...]:
    return (*part.reasons, *getattr(part, "withheld_by", ()))


def _reasons_belong_to_what_they_stand_under(seen: Trial, details: Counter[str]) -> Iterator[str]:
    rules = {rule.id: rule for rule in seen.compiled.ruleset.rules}
    for suggestion, activity in zip(seen.view.activities, seen.activities, strict=True):
        for reason in suggestion.reasons:
            details["reasons read"] += 1
            belongs = reason.id.startswith("taste_") or rules[reason.id].suggests in (
                activity.purpose,
                activity.practice,
            )
            if not belongs:
                yield f"{reason.id} stands under {activity.id}"


def _enough_time_reads_no_reason_for_more(seen: Trial, details: Counter[str]) -> Iterator[str]:
    compiled, verdict = seen.compiled, seen.judged.reader.verdict
    if compiled.findings[compiled.position["time"]].values[verdict.codes[compiled.position["time"]]] not in _ENOUGH:
        return
    details["views of those with enough time"] += 1
    for_time = {rule.id for rule in compiled.rules if rule.calls & compiled.index.by_practice["protected_time"]}
    disclosed = [part.reasons for part in seen.view.strategies] + [part.reasons for part in seen.view.activities]
    read = {reason.id for reasons in disclosed for reason in reasons}
    yield from (f"{id_} is read by one who has enough time" for id_ in sorted(read & for_time))


_ENOUGH = ("adequate", "plenty")


def _care_asks_nothing(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Let the reader give two signs that ask for care, in the full page and in the quiet one."""
    mine = report_of({**seen.drawn.mine, **_CARE})
    for quiet in (False, True):
        details["pages that ask for care"] += 1
        for suggestion in seen.see(mine, quiet=quiet).activities:
            activity = seen.compiled.index.order[suggestion.position]
            if activity.asks:
                yield f"{activity.id} asks for {', '.join(activity.asks)}"


LOOKS: Mapping[str, TrialCheck] = {
    "the-quiet-page-tells-nothing": _the_quiet_page_tells_nothing,
    "a-quiet-page-has-three-widths": _a_quiet_page_has_three_widths,
    "private-answers-only-take-away": _private_answers_only_take_away,
    "words-come-from-the-reader-alone": _words_come_from_the_reader_alone,
    "reasons-belong-to-what-they-stand-under": _reasons_belong_to_what_they_stand_under,
    "enough-time-means-no-call-for-more": _enough_time_reads_no_reason_for_more,
    "several-signs-ask-nothing": _care_asks_nothing,
}
