"""What is carried over in hundreds of random histories, and faults of it that have to be found."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from app.engine.plain_values import from_plain
from app.engine.self_report import SelfReport
from app.rulesets.library import Library
from app.service import check_ins
from app.service.answers_by_path import as_report, by_path
from app.service.check_ins import Carried, CheckIn, carried_into, carried_of
from app.service.private_marks import Mark
from app.service.report_codec import encode_pooled, encode_private, marks_of, read_marked, read_plain
from tests.check_in_histories import REQUIRED, faults

HISTORIES = 500
TODAY = date(2026, 11, 23)


class InMemory:
    """A partner of whom two sealed parts would be stored, without a database."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.today = TODAY
        self.day = TODAY
        self.stored = (b"", b"")

    def report(self, body: Any) -> None:
        report = from_plain(SelfReport, body)
        self._store(report, marks_of(report, Mark(self.today, None)), self.today)

    def check_in(self, answers: Any, clear: list[str], answered_on: date) -> None:
        sent = CheckIn(from_plain(SelfReport, without_null(answers)), clear, answered_on)
        last = carried_of(read_marked(*self.stored), self.day)
        after = carried_into(last, sent, self.library, self.today, Mark(answered_on, None))
        self._store(after.report, after.marks, answered_on)

    def form(self) -> Any:
        answers = by_path(self.pooled())
        return as_report({path: value for path, value in answers.items() if path not in REQUIRED})

    def pooled(self) -> Any:
        return read_plain(self.stored[0], None)

    def whole(self) -> Any:
        return read_plain(*self.stored)

    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    def _store(self, report: SelfReport, marks: Any, day: date) -> None:
        pooled = encode_pooled(report)
        self.stored, self.day = (pooled, encode_private(report, marks, pooled)), day


def without_null(answers: Any) -> Any:
    return {group: part for group, part in answers.items() if part is not None}


def wrong_in(library: Library, number: int) -> list[str]:
    days = {question.id: question.ask_every_days for question in library.questions}
    return [fault for seed in range(number) for fault in faults(Random(seed), InMemory(library), days)]


def test_nothing_private_is_lost_or_disclosed_in_hundreds_of_histories(library: Library) -> None:
    assert wrong_in(library, HISTORIES) == []


def keep_private_is_for_one_report(patch: pytest.MonkeyPatch) -> None:
    joined = check_ins.joined
    patch.setattr(check_ins, "joined", lambda before, *more: joined(before._replace(unpooled=frozenset()), *more))


def a_new_value_is_pooled(patch: pytest.MonkeyPatch) -> None:
    joined = check_ins.joined

    def otherwise(before: Carried, sent: SelfReport, mark: Mark) -> Carried:
        after = joined(before, sent, mark)
        new = {path for path in after.marks if after.marks[path] is mark} - (sent.keep_private or frozenset())
        return after._replace(unpooled=after.unpooled - new)

    patch.setattr(check_ins, "joined", otherwise)


def own_members_go_with_their_question(patch: pytest.MonkeyPatch) -> None:
    joined = check_ins.joined

    def otherwise(before: Carried, sent: SelfReport, mark: Mark) -> Carried:
        likes = sent.activity_preferences and sent.activity_preferences.likes is not None
        gone = {"activity_preferences.likes.touch"} if likes else set()
        rest = {path: value for path, value in before.answers.items() if path not in gone}
        return joined(before._replace(answers=rest), sent, mark)

    patch.setattr(check_ins, "joined", otherwise)


def clearing_a_path_lets_it_pool(patch: pytest.MonkeyPatch) -> None:
    cleared = check_ins.cleared

    def otherwise(before: Carried, clear: Any) -> Carried:
        after = cleared(before, clear)
        return after._replace(unpooled=after.unpooled - {*clear})

    patch.setattr(check_ins, "cleared", otherwise)


def clearing_keep_private_pools_what_was_kept(patch: pytest.MonkeyPatch) -> None:
    cleared = check_ins.cleared

    def otherwise(before: Carried, clear: Any) -> Carried:
        if "keep_private" not in clear:
            return cleared(before, clear)
        return cleared(before._replace(unpooled=frozenset()), clear)

    patch.setattr(check_ins, "cleared", otherwise)


def what_is_carried_is_as_if_sent_today(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(check_ins, "without_lapsed", lambda before, *_: before)


PLANTED: tuple[tuple[Callable[[pytest.MonkeyPatch], None], str], ...] = (
    (keep_private_is_for_one_report, "disclosed: "),
    (a_new_value_is_pooled, "disclosed: "),
    (own_members_go_with_their_question, "lost: activity_preferences.likes.touch"),
    (clearing_a_path_lets_it_pool, "pooled again: "),
    (clearing_keep_private_pools_what_was_kept, "disclosed: "),
    (what_is_carried_is_as_if_sent_today, "not forgotten: "),
)


@pytest.mark.parametrize(("plant", "fault"), PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_planted_faults_are_found(
    library: Library, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None], fault: str
) -> None:
    plant(monkeypatch)

    assert any(wrong.startswith(fault) for wrong in wrong_in(library, HISTORIES // 5))
