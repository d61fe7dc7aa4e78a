import pytest

from app.engine.next_questions import find_first, plan_questions
from app.engine.offer import read
from app.engine.self_report import PooledReport, answer_at, leave_out
from app.engine.shares import ShareTable, with_answer
from app.rulesets.library import Library
from app.rulesets.load import CONTENT
from verification.question_shares import QUESTIONS, SampledReport, count_part, count_shares, sample_reports
from verification.spreading import processes

REPORTS = 40
MOST_QUESTIONS = 12
PEOPLE = range(20_000, 20_020)


@pytest.fixture(scope="module")
def table() -> ShareTable:
    return count_shares(CONTENT, REPORTS)


@pytest.mark.parametrize("question", ["communication.ease", "time_together.desired_hours_per_week", "goal"])
def test_a_share_counts_how_often_the_answer_changes_what_comes_first(
    library: Library, table: ShareTable, question: str
) -> None:
    compiled, changed = library.compiled, 0
    for number, whole, given in sample_reports(range(REPORTS)):
        without = leave_out(given, question)
        both = (without, with_answer(without, question, whole))
        before, after = (find_first(compiled, read(compiled, report), str(number)) for report in both)
        changed += before != after

    assert table.questions[question].share == 1000 * changed // REPORTS


def test_some_questions_change_much_and_some_little(table: ShareTable) -> None:
    shares = sorted(entry.share for entry in table.questions.values())

    assert shares[0] == 0
    assert shares[-1] >= 200


def test_a_sampled_partner_gives_a_part_of_what_they_could_answer() -> None:
    sampled = list(sample_reports(range(20), 0))

    for _, whole, given in sampled:
        answers = [(answer_at(given, question), answer_at(whole, question)) for question in QUESTIONS]
        assert all(mine in (None, all_of_it) for mine, all_of_it in answers)
        assert answer_at(given, "conflict.level")
    assert (
        len({sum(answer_at(each.known_answers, question) is not None for question in QUESTIONS) for each in sampled})
        > 5
    )


def test_processes_count_alike() -> None:
    with processes(2) as executor:
        (part,) = executor.map(count_part, [CONTENT], [range(4)])

    assert part == count_part(CONTENT, range(4))


def test_nine_of_ten_have_answered_enough_after_twelve_questions(library: Library) -> None:
    numbers = sorted(questions_until_enough(library, person) for person in sample_reports(PEOPLE, 1))

    assert numbers[len(numbers) * 9 // 10 - 1] <= MOST_QUESTIONS
    assert numbers[0] >= 3


def questions_until_enough(library: Library, person: SampledReport) -> int:
    """Ask one by one what would tell most, as a first sitting does."""
    required, report = [question.id for question in library.questions if question.required], PooledReport()
    for asked in range(len(QUESTIONS)):
        plan = plan_questions(library.compiled, report, required)
        if plan.is_enough:
            return asked
        report = with_answer(report, plan.questions[0].question, person.whole)
    raise AssertionError("everything was asked, and it was not enough")
