"""The questions that would tell most, found by trying their likely answers on the answers of one partner alone."""

from collections.abc import Collection, Iterator
from math import isqrt
from typing import NamedTuple

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import EVERYTHING, narrow
from app.engine.history import Moment
from app.engine.offer import Reading, judge_pair, make_offer, read
from app.engine.say import shares_for
from app.engine.self_report import NO_AGREEMENT, PooledReport, answer_at
from app.engine.shares import WHOLE, with_answer
from app.engine.view import AskNext

ENOUGH = 190
"""The share in thousandths from which a question is worth asking before anything is shown."""
_FIRST_ALONE = Moment(limit=2)
"""One place would go to what can be done alone, so the first of two is looked at."""


class First(NamedTuple):
    """What comes first: the leading strategy and the purpose of the first activity; None where nothing does."""

    strategy: int
    purpose: str


def find_first(compiled: CompiledRuleset, reading: Reading, seed: str = "") -> First | None:
    """Return what would come first for a partner who was heard alone."""
    moment = _FIRST_ALONE._replace(seed=seed) if seed else _FIRST_ALONE
    pair = judge_pair(compiled, reading, None, NO_AGREEMENT)
    stands = narrow(make_offer(compiled, reading, None, pair, moment), EVERYTHING, EVERYTHING)
    if not stands.picks:
        return None
    first = compiled.index.order[stands.picks[0].bit.bit_length() - 1]
    return First(stands.strategies[0], first.purpose)


class QuestionPlan(NamedTuple):
    """The questions to ask, the most telling first, and whether what is known is enough to begin with."""

    questions: tuple[AskNext, ...]
    is_enough: bool


def plan_questions(
    compiled: CompiledRuleset,
    report: PooledReport,
    required: Collection[str] = (),
    skipped: Collection[str] = (),
) -> QuestionPlan:
    """Return what to ask one who has answered so much, as if the other had not answered.

    Questions that change nothing are left out, and those that were `skipped`. Before anything else come those that are
    `required`; it is not enough while one of them is open, skipped or not.
    """
    missing = [question for question in required if answer_at(report, question) is None]
    needed = [question for question in missing if question not in skipped]
    shares = dict.fromkeys(needed, 0) | dict(_open_shares(compiled, report, needed))
    wanted = [AskNext(question, share) for question, share in shares.items() if share or needed]
    ranked = sorted(wanted, key=lambda ask: (-ask.share, ask.question))
    left = tuple([ask for ask in ranked if ask.question not in skipped])
    return QuestionPlan(left, not missing and (not left or left[0].share < ENOUGH))


def _open_shares(compiled: CompiledRuleset, report: PooledReport, only: Collection[str]) -> Iterator[tuple[str, int]]:
    """Yield the open questions, or `only` these where there are any, with their shares for exactly this report.

    What was counted over all reports knows what people who answer so tend to say, but not the rest of this report; what
    is tried on this report knows the rest, but takes every answer to be as likely as it is in general. Their geometric
    mean asks for both.
    """
    now = read(compiled, report)
    first = find_first(compiled, now)
    for question, counted in shares_for(compiled.shares, report):
        if question in only or not only:
            yield question, isqrt(counted * _try_answers(compiled, now, first, question))


def _try_answers(compiled: CompiledRuleset, now: Reading, first: First | None, question: str) -> int:
    """Return how many of a thousand likely answers to a question would change what comes first."""
    changed = total = 0
    for likely in compiled.shares.table.questions[question].answers:
        total += likely.weight
        then = read(compiled, with_answer(now.report, question, likely.report))
        # Most answers amount to nothing new, and reading them is cheaper than choosing anew.
        if then[1:] != now[1:] and find_first(compiled, then) != first:
            changed += likely.weight
    return WHOLE * changed // total if total else 0
