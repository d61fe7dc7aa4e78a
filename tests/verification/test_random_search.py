"""What is looked at by random pairs: the same pairs however they are shared out, and every planted fault is seen."""

from dataclasses import replace
from typing import Any

import pytest

from app.engine.answer_changes import Change
from app.engine.causes import MOST
from app.engine.choosing import Stands
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import Alternative
from app.engine.evaluate import EVERYTHING, evaluate_both, full_reader, narrow, width_of_quiet_view
from app.engine.explain import explain
from app.engine.offer import Offer
from app.engine.say import Reader
from app.engine.self_report import SelfReport
from app.engine.view import OwnVerdict
from app.rulesets.library import Library
from verification import judged, looks_at_changes, looks_at_lists, random_search
from verification.counterexamples import MeansResult
from verification.prove import Prover

CHANGES, QUIET, FAIR, SAME, WIDTHS, TAKES, WORDS, DRAW, CARE, BELONGS = (
    "a-change-does-what-it-says",
    "the-quiet-page-tells-nothing",
    "the-list-is-fair",
    "both-see-the-same-shared-facts",
    "a-quiet-page-has-three-widths",
    "private-answers-only-take-away",
    "words-come-from-the-reader-alone",
    "the-draw-decides-little",
    "several-signs-ask-nothing",
    "reasons-belong-to-what-they-stand-under",
)


def look(library: Library, *wanted: str, pairs: int = 300) -> dict[str, MeansResult]:
    return random_search.run(library, pairs, wanted)


def wrong(library: Library, wanted: str) -> str:
    (broken, *_) = look(library, wanted)[wanted].broken
    return str(broken)


def test_every_property_by_chance_is_looked_at_for_itself(library: Library) -> None:
    by_chance = {wanted.id for wanted in library.properties if "random" in wanted.means}

    assert by_chance == random_search.LOOKS.keys()


def test_two_processes_look_at_the_same_pairs_as_one(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_search, "PIECE", 50)

    assert random_search.run(library, 120, [CHANGES, SAME], workers=2) == look(library, CHANGES, SAME, pairs=120)


def test_one_hears_how_far_it_is_and_what_is_broken_so_far(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(random_search, "PIECE", 10)
    monkeypatch.setattr(random_search, "_SAID_EVERY", 20)
    monkeypatch.setattr(looks_at_changes, "explain", None)

    random_search.run(library, 65, [FAIR, CHANGES])

    heard = capsys.readouterr().out.splitlines()
    assert [line.partition(",")[0] for line in heard] == [
        f"        {so_far} of 65 random pairs" for so_far in (20, 40, 60)
    ]
    assert all(line.endswith(f", BROKEN so far: {CHANGES}") for line in heard)


def test_other_properties_are_not_spoilt_by_one_that_is_broken(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engine.counterfactual._Search._leads_to", lambda *_: "suggested")

    outcomes = {outcome.of.id: outcome.holds for outcome in Prover(library, pairs=300).prove([CHANGES, FAIR, QUIET])}

    assert outcomes == {CHANGES: False, FAIR: True, QUIET: True}


def test_a_property_that_nobody_said_how_to_look_at_does_not_hold(library: Library) -> None:
    (fair,) = (wanted for wanted in library.properties if wanted.id == FAIR)

    assert not Prover(library, pairs=1)._prove(replace(fair, id="other")).holds


# Planted in what would change a page


def test_a_change_that_leads_nowhere_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.counterfactual._Search._leads_to", lambda *_: "suggested")

    assert "and not to suggested" in wrong(library, CHANGES)


def say(monkeypatch: pytest.MonkeyPatch, *changes: Change) -> None:
    """Whatever is asked about, these changes are what would bring it."""

    def explained(*asked: Any, **how: Any) -> Any:
        disclosed = explain(*asked, **how)
        return disclosed._replace(would_change=(Alternative(changes, disclosed.status),))

    monkeypatch.setattr(looks_at_changes, "explain", explained)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (Change("conflict.level", None, "rare"), "conflict.level is not for the viewer to decide"),
        (Change("private.willingness", None, "yes"), "private.willingness is not for the viewer to decide"),
        (Change("activity_preferences.likes.touch", None, "love"), "likes.touch is not for the viewer to decide"),
        (Change("activity_preferences.likes.walk", "avoid", "ok"), "likes.walk is not for the viewer to decide"),
        (Change("circumstances.budget", "odd", "high"), "circumstances.budget is not what is said to be now"),
    ],
)
def test_a_change_that_is_not_the_viewers_is_seen(
    library: Library, monkeypatch: pytest.MonkeyPatch, change: Change, says: str
) -> None:
    say(monkeypatch, change)

    assert says in wrong(library, CHANGES)


def test_more_than_is_needed_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, Change("circumstances.budget", None, "high"), Change("novelty.comfort_zone", None, "ready"))

    assert " would be enough" in str([str(b) for b in look(library, CHANGES)[CHANGES].broken])


def test_no_change_and_four_changes_are_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch)

    assert "not one to three changes" in wrong(library, CHANGES)


def test_where_the_engine_stops_two_reports_show_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(looks_at_changes, "explain", stop)

    said = wrong(library, CHANGES)
    assert said.startswith("the engine raises ZeroDivisionError('nothing to divide by')\na:\n")


# Planted in the quiet page


def is_unwilling(report: Any) -> bool:
    return report.private is not None and report.private.willingness == "no"


@pytest.mark.parametrize("module", ["evaluate", "explain"])
def test_a_quiet_page_that_tells_of_need_is_seen(
    library: Library, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setattr(f"app.engine.{module}.is_left_alone", is_unwilling)

    assert " of safety." in wrong(library, QUIET)


def test_a_fourth_width_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where one who is overwhelmed got a menu of their own."""

    def width(compiled: CompiledRuleset, mine: SelfReport, verdict: OwnVerdict, *, small: bool) -> int:
        too_much = verdict.codes[compiled.position["being_together"]] == MOST
        whole = width_of_quiet_view(compiled, mine, verdict, small=small)
        return whole & ~compiled.index.joint if too_much else whole

    monkeypatch.setattr("app.engine.evaluate.width_of_quiet_view", width)

    assert "the quiet page tells of " in wrong(library, WIDTHS)


# Planted in what private answers may do


def test_a_private_answer_that_adds_something_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def narrowed(offer: Offer, width: int, allowed: int, leading: int) -> Stands:
        stands = narrow(offer, width, allowed, leading)
        return stands._replace(eligible=stands.eligible | offer.compiled.index.everything)

    monkeypatch.setattr(judged, "narrow", narrowed)

    assert "a private answer adds something" in wrong(library, TAKES)


def test_words_that_tell_of_the_other_are_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a reason came from what the two amount to together."""

    def reader(offer: Offer, mine: SelfReport, disclosed: SelfReport) -> Reader:
        whole = full_reader(offer, mine, disclosed)
        true = whole.verdict.true | offer.pair.true
        return whole._replace(verdict=whole.verdict._replace(true=true)).listening()

    monkeypatch.setattr("app.engine.evaluate.full_reader", reader)

    assert " tells of the other's " in wrong(library, WORDS)


def test_a_reason_for_something_else_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.say._calling", lambda reader, _: sum(reader.suggesting))

    assert " stands under " in wrong(library, BELONGS)


def test_care_that_asks_for_something_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.evaluate.left_by_causes", lambda *_, **__: EVERYTHING)

    assert " asks for " in wrong(library, CARE)


# Planted in lists


def test_views_that_do_not_trade_places_are_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks_at_lists, "evaluate_both", lambda *asked: evaluate_both(*asked)[::-1])

    assert "do not trade places" in wrong(library, SAME)


def test_a_list_that_crowds_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.choosing.MAX_PER_PRACTICE", 5)

    assert "no purpose crowds out the rest: does not hold" in wrong(library, FAIR)


def test_a_draw_that_decides_the_need_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.choosing._Menu._most_needed", lambda _, here: here)

    assert "changes the need of the first place" in wrong(library, DRAW)
