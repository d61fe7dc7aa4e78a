from collections.abc import Mapping

import pytest

from app.engine.say import band_of, shares_for
from app.engine.self_report import ActivityPreferences, Circumstances, Communication, PooledReport, TimeTogether
from app.engine.shares import Known, QuestionShares, Shares, ShareTable, with_answer

NOTHING = PooledReport()
KNOWN = (
    Known("communication.ease"),
    Known("time_together.hours_per_week", cuts=(4.0, 8.0)),
    Known("circumstances.season", "grief"),
    Known("activity_preferences.likes"),
    Known("activity_preferences.quiet_is_welcome"),
)


def a_report(hours: float | None = None, *, grief: bool | None = None, quiet: bool | None = None) -> PooledReport:
    return PooledReport(
        time_together=TimeTogether(hours_per_week=hours),
        circumstances=None if grief is None else Circumstances(season=frozenset({"grief"} if grief else {"moving"})),
        activity_preferences=ActivityPreferences(likes={"walk": "love"}, quiet_is_welcome=quiet),
    )


def shares_of(
    questions: Mapping[str, QuestionShares], shown_when: Mapping[str, tuple[str, tuple[str, ...]]] | None = None
) -> Shares:
    return Shares(ShareTable(1000, KNOWN, questions), shown_when or {})


def test_what_is_not_answered_is_in_no_band() -> None:
    assert [band_of(known, NOTHING) for known in KNOWN] == [""] * 5


def test_an_answer_is_its_own_band_a_set_has_a_member_or_not_and_a_map_is_one() -> None:
    report = with_answer(
        a_report(quiet=True), "communication.ease", PooledReport(communication=Communication(ease="easy"))
    )

    assert [band_of(known, report) for known in (KNOWN[0], *KNOWN[3:])] == ["easy", "rated", "true"]
    assert band_of(KNOWN[2], a_report(grief=True)) == "with"
    assert band_of(KNOWN[2], a_report(grief=False)) == "without"


@pytest.mark.parametrize(("hours", "band"), [(0, "0"), (3.75, "0"), (4, "1"), (7.75, "1"), (8, "2"), (100, "2")])
def test_numbers_are_in_the_bands_between_cut_points(hours: float, band: str) -> None:
    assert band_of(KNOWN[1], a_report(hours)) == band


def test_shares_go_by_what_is_known_and_what_was_not_counted_takes_the_general_one() -> None:
    shares = shares_of({"goal": QuestionShares(150, (1, 2), {"0|": 300, "2|": 40})})

    assert [dict(shares_for(shares, a_report(hours)))["goal"] for hours in (2, 9, 5, None)] == [300, 40, 150, 150]
    assert dict(shares_for(shares, a_report(2, grief=True)))["goal"] == 150


def test_the_most_telling_question_is_first_and_one_that_tells_nothing_is_none() -> None:
    table = {"goal": 20, "novelty.routine": 200, "novelty.boredom": 200, "communication.ease": 0}
    shares = shares_of({question: QuestionShares(share) for question, share in table.items()})

    assert shares_for(shares, NOTHING) == [("novelty.boredom", 200), ("novelty.routine", 200), ("goal", 20)]


def test_a_question_that_depends_on_another_waits_for_its_answer() -> None:
    shown_when = {"circumstances.childcare": ("circumstances.children_at_home", ("under_6", "mixed"))}
    shares = shares_of({"circumstances.childcare": QuestionShares(200)}, shown_when)

    def asked(circumstances: Circumstances | None) -> bool:
        return bool(shares_for(shares, PooledReport(circumstances=circumstances)))

    assert asked(Circumstances(children_at_home="mixed"))
    assert not asked(Circumstances(children_at_home="none"))
    assert not asked(Circumstances())
    assert not asked(None)


def test_one_answer_of_another_report_is_taken_and_nothing_else_of_it() -> None:
    other = PooledReport(goal="repair", communication=Communication(ease="easy", trust=2))
    mine = PooledReport(communication=Communication(openness=4))

    assert with_answer(mine, "communication.ease", other).communication == Communication(ease="easy", openness=4)
    assert with_answer(NOTHING, "communication.ease", other) == PooledReport(communication=Communication(ease="easy"))
    assert with_answer(mine, "goal", other) == PooledReport(goal="repair", communication=mine.communication)
