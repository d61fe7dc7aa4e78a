"""What is said about what stands in a view, from the reader's own answers alone.

Nothing here is given the other partner's report: whatever is said is a function of the reader's own answers and
history, of what stands in the view, and of whether one or two were heard. So no sentence tells what the other answered.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from dataclasses import fields, is_dataclass
from itertools import chain, islice
from operator import attrgetter
from typing import Any, NamedTuple, get_args

from app.engine.answer_types import Liking
from app.engine.bitset import Mask, lowest_first, positions
from app.engine.choosing import Pick, Stands
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask
from app.engine.history import History
from app.engine.offer import Reading, fitting_one
from app.engine.paths import DueStep
from app.engine.reactions import preferences
from app.engine.ruleset import ActivityPath
from app.engine.self_report import PooledReport, answer_at
from app.engine.shares import JOIN, OPEN, RATED, WITH, WITHOUT, Known, QuestionShares, Shares
from app.engine.view import (
    NOT_THE_MOMENT,
    NOT_WILLING,
    NOTHING_TODAY,
    AskNext,
    Because,
    OpeningSentence,
    OwnVerdict,
    Place,
    Reason,
    StepOfPath,
    StrategyView,
    Suggestion,
    View,
)

MAX_QUESTIONS = 3
LEAST_SHARE = 50
"""The share in thousandths below which a question is not asked: one answer in twenty-five changed anything there."""
ALWAYS_STATED = ("not_therapy",)
"""The limits that every view states: it is not therapy, and cannot tell whether a relationship is safe."""
WEEK, FORTNIGHT = 7, 14
_NEVER_COUNTED = QuestionShares(0)
PLAIN = {name: Reason(name) for name in (NOT_THE_MOMENT, NOT_WILLING, NOTHING_TODAY)}
TASTES: dict[Liking, Reason] = {"love": Reason("taste_love"), "like": Reason("taste_like")}


class Reader(NamedTuple):
    """The one who reads: what they may be told of is in `own` and `verdict`.

    In a quiet view these leave out what is private. `answered` has what they answered privately too, so that they are
    not asked for it again. `width` is what the view may hold, `left` what private answers leave of it: nothing is said
    for what they keep out. `allowed` leaves out what answers kept from the pool rule out, too; they meet the other's
    answers, so they choose no sentence. `is_kept_small` is true where heavier answers of late make the steps small;
    `history` is the reader's own, `steps` are those due on paths that they began. `leading` is what may come first, and
    `is_calm` is true where only the insights of safety are said. `most_rules` is how many rules are told of an
    activity, None for all; of a strategy rules are told only where all are.
    """

    compiled: CompiledRuleset
    own: Reading
    answered: PooledReport
    verdict: OwnVerdict
    width: Mask
    left: Mask
    allowed: Mask
    is_kept_small: bool
    was_heard_alone: bool
    turn: int
    history: History
    steps: tuple[DueStep, ...]
    most_rules: int | None = None
    suggesting: tuple[RuleMask, ...] = ()
    withholding: tuple[int, ...] = ()
    meant: Mask = 0
    leading: Mask = ~0
    is_calm: bool = False

    def listening(self) -> "Reader":
        """Return the reader with the rules that may be told of: those that suggest, and the others.

        Those that suggest go by the leads that hold by the reader's own answers: what they call for is what the reader
        named. Then they go by their rank. `meant` are the activities that they may speak of: what no answer of the
        reader keeps out.
        """
        compiled = self.compiled
        tellable = self.verdict.true & compiled.rules_that.tellable
        left, groups = tellable & ~compiled.rules_that.withholding, []
        for i in positions(self.verdict.true >> compiled.first_sign + compiled.signs.first_lead):
            lead = compiled.signs.leads[i]
            groups += [left & lead.near, left & lead.calling & ~lead.near]
            left &= ~lead.calling
        suggesting = [group for group in (*groups, left) if group]
        withholding = positions(tellable & compiled.rules_that.withholding)
        meant = self.left & fitting_one(compiled, self.own, self.verdict.codes[compiled.conflict])
        for i in withholding:
            meant &= ~compiled.rules[i].withholds
        return self._replace(suggesting=tuple(suggesting), withholding=tuple(withholding), meant=meant)


def say(reader: Reader, stands: Stands) -> View:
    """Return the view in which these stand."""
    suggests = stands.outcome == "suggestions"
    return View(
        outcome=stands.outcome,
        opening=_opening(reader) if suggests and not reader.history.has_left else (),
        strategies=_standings(reader, stands),
        activities=tuple([_suggestion(reader, bit.bit_length() - 1, place) for bit, place in stands.picks]),
        insights=_insights(reader, only_safety=reader.is_calm or reader.history.has_left or not suggests),
        ask_next=ask_next(reader) if suggests else (),
        support=(),
        limits=_limits(reader, stands.picks),
        next_check_in_days=WEEK if suggests else FORTNIGHT,
        turn=reader.turn,
        verdict=reader.verdict,
    )


def say_not_willing(reader: Reader) -> View:
    """Return the view of a partner who has just said that nothing is wanted now."""
    against = (PLAIN[NOT_WILLING],)
    strategies = tuple(
        StrategyView(strategy.id, rank, "not_now", (), against)
        for rank, strategy in enumerate(reader.compiled.strategies, 1)
    )
    limits, insights = _limits(reader, ()), _insights(reader, only_safety=True)
    return View("nothing_now", (), strategies, (), insights, (), (), limits, FORTNIGHT, reader.turn, reader.verdict)


def reasons_for_strategy(reader: Reader, strategy: int, activities: Mask = ~0) -> tuple[Reason, ...]:
    """Return the strategy's own general reason, the same for everyone, and the rules that the reader's answers fire.

    `activities` limits the rules to those that call for one of them.
    """
    return reader.compiled.general_reasons[strategy], *_as_reasons(reader, _speaking(reader, strategy, activities))


def reasons_for_activity(reader: Reader, position: int) -> tuple[Reason, ...]:
    """Return the rules that call for the activity's purpose, then its practice, then that the reader likes its kind.

    What else stands in the view chooses none of them, for that rests on both partners.
    """
    return *_as_reasons(reader, _told_of(reader, position)), *_taste(reader, position)


def _told_of(reader: Reader, position: int) -> list[int]:
    """Return the rules that are told of an activity, no more of them than the reader is told."""
    calling, naming = _calling(reader, position), reader.compiled.rules_that.naming
    closest_first = (calling & naming, calling & ~naming)
    groups = (here for closest in closest_first for group in reader.suggesting if (here := group & closest))
    return [*islice(chain.from_iterable(map(lowest_first, groups)), reader.most_rules)]


def against(reader: Reader, strategies: int) -> tuple[Reason, ...]:
    """Return why strategies are not for now: own rules that close one of their practices, else one plain sentence."""
    compiled = reader.compiled
    closing = [i for i in reader.withholding if compiled.rules[i].closes & strategies]
    return _as_reasons(reader, closing) or (PLAIN[NOT_THE_MOMENT],)


def withholding_rules(reader: Reader, activities: Mask) -> tuple[Reason, ...]:
    """Return the rules, fired by the reader's pooled answers alone, that keep all of these activities out."""
    rules = reader.compiled.rules
    return _as_reasons(reader, [i for i in reader.withholding if not activities & ~rules[i].withholds])


def _speaking(reader: Reader, strategy: int, activities: Mask = ~0) -> list[int]:
    """Return the fired rules that call for one of these activities of a strategy, in the order of telling."""
    rules, of_it = reader.compiled.rules, reader.compiled.strategies[strategy]
    meant = of_it.activities & activities & reader.meant
    groups = (positions(group & of_it.calling) for group in reader.suggesting)
    return [i for group in groups for i in group if rules[i].calls & meant]


def _calling(reader: Reader, position: int) -> RuleMask:
    """Return the rules that call for this activity, where they may speak of it."""
    return reader.compiled.calling[position] if reader.meant >> position & 1 else 0


def _as_reasons(reader: Reader, rules: Collection[int]) -> tuple[Reason, ...]:
    if not rules:
        return ()
    of, made, codes = reader.compiled.rules, reader.compiled.reasons, reader.verdict.codes
    # A reason depends on the rule and on the values of its findings, so this key finds the one made before.
    return tuple([made.get(key := (i, of[i].codes_read(codes))) or _make_reason(reader, key) for i in rules])


def _make_reason(reader: Reader, key: tuple[int, object]) -> Reason:
    compiled, codes = reader.compiled, reader.verdict.codes
    rule = compiled.rules[key[0]]
    named = dict.fromkeys(at for at, accepts in rule.reads if codes[at] in accepts)
    findings = [(compiled.findings[at], codes[at]) for at in named]
    # What both agreed is not put down to an answer: the lower of two would tell what the other one gave.
    because = () if rule.is_mutual else tuple(Because(f.id, f.values[code]) for f, code in findings)
    reason = compiled.reasons[key] = Reason(rule.id, because)
    return reason


def _taste(reader: Reader, position: int) -> tuple[Reason, ...]:
    index = reader.compiled.index
    if index.serious >> position & 1:
        return ()
    preferences = reader.own.report.activity_preferences
    likes = (preferences and preferences.likes) or {}
    main = index.order[position].kinds[0]
    reason = TASTES.get(likes.get(main, "ok"))  # type: ignore[call-overload]  # the catalogue's kinds are the report's
    return (reason,) if reason else ()


def _standings(reader: Reader, stands: Stands) -> tuple[StrategyView, ...]:
    """Return the strategies as they stand. Where nothing does, each is against by one sentence, whatever the cause."""
    compiled, views = reader.compiled, []
    for rank, strategy in enumerate(stands.strategies, 1):
        name = compiled.strategies[strategy].id
        if strategy in stands.suggested:
            # What calls for one thing is said with it: under its strategy it would promise what may not stand here.
            is_whole = reader.most_rules is None
            reasons = reasons_for_strategy(reader, strategy) if is_whole else (compiled.general_reasons[strategy],)
            views.append(StrategyView(name, rank, "leading" if rank == 1 else "also", reasons, ()))
        else:
            reasons = against(reader, 1 << strategy) if stands.suggested else (PLAIN[NOTHING_TODAY],)
            views.append(StrategyView(name, rank, "not_now", (), reasons))
    return tuple(views)


def _suggestion(reader: Reader, position: int, place: Place) -> Suggestion:
    return Suggestion(position, place, reasons_for_activity(reader, position), _step(reader, 1 << position))


def _step(reader: Reader, bit: Mask) -> StepOfPath | None:
    """Return the step that is due with an activity; a path for something private only where that may be named."""
    for step in reader.steps:
        if step.bit == bit and _may_be_named(reader, step.path):
            return StepOfPath(step.path.id, step.number, len(step.path.steps))
    return None


def _may_be_named(reader: Reader, path: ActivityPath) -> bool:
    if path.rests_on is None:
        return True
    at = reader.compiled.position[path.rests_on]
    return reader.verdict.codes[at] == len(reader.compiled.findings[at].values) - 1


def _opening(reader: Reader) -> tuple[OpeningSentence, ...]:
    """Return at most one sentence on what is good and one on what is hard, the first of each that holds.

    Where one that stands alone holds, it is the only one.
    """
    compiled, opening = reader.compiled, []
    wanted = [True, False]
    for i in lowest_first(reader.verdict.true >> compiled.first_opening & compiled.every_opening):
        if not wanted:
            break
        sentence = compiled.openings[i]
        if sentence.is_good not in wanted:
            continue
        values = [answer_at(reader.own.report, path) for path in sentence.slots]
        # A number that is missing or less than one makes no sentence.
        if all(value is not None and value >= 1 for value in values):
            opening_sentence = OpeningSentence(sentence.id, tuple(values))
            if sentence.stands_alone:
                return (opening_sentence,)
            wanted.remove(sentence.is_good)
            opening.append((not sentence.is_good, opening_sentence))
    return tuple(sentence for _, sentence in sorted(opening))


def _insights(reader: Reader, *, only_safety: bool = False) -> tuple[str, ...]:
    """Return the insights that the reader's answers raise, or those of safety alone."""
    compiled = reader.compiled
    wanted = compiled.safety_insights if only_safety else compiled.every_insight
    return tuple([compiled.insights[i] for i in positions(reader.verdict.true >> len(compiled.rules) & wanted)])


def ask_next(reader: Reader) -> tuple[AskNext, ...]:
    """Return the unanswered questions most likely to change what is offered, as if the other had not answered."""
    open_questions = shares_for(reader.compiled.shares, reader.own.report, reader.answered)
    return tuple([AskNext(path, share) for path, share in open_questions[:MAX_QUESTIONS] if share >= LEAST_SHARE])


def shares_for(shares: Shares, report: PooledReport, answered: PooledReport | None = None) -> list[tuple[str, int]]:
    """Return the open questions that may be asked with their shares for what is known, the most telling first.

    Open are those that `answered` leaves so, by default the report itself.
    """
    known, bands, telling = shares.table.known, dict[int, str](), []
    for question in unanswered(answered or report):
        entry = shares.table.questions.get(question, _NEVER_COUNTED)
        share = entry.share
        if entry.known:
            for i in entry.known:
                if i not in bands:
                    bands[i] = band_of(known[i], report)
            share = entry.by_bands.get(JOIN.join([bands[i] for i in entry.known]), share)
        if share and may_be_asked(shares, question, report):
            telling.append((question, share))
    return sorted(telling, key=lambda entry: (-entry[1], entry[0]))


def unanswered(report: PooledReport) -> list[str]:
    """Return the paths at which a report has no answer."""
    missing = list[str]()
    for group, paths, values_of in _POOLED_ANSWERS:
        answers = getattr(report, group)
        if answers is None:
            missing += paths
        elif values_of and None in (values := values_of(answers)):
            missing += [path for path, value in zip(paths, values, strict=True) if value is None]
    return missing


def _pooled_answers() -> Iterator[tuple[str, tuple[str, ...], Callable[[Any], tuple[Any, ...]] | None]]:
    """Yield each group of a pooled report with the paths in it, and what takes their values out of the group."""
    for group in fields(PooledReport):
        kind = get_args(group.type)[0]
        names = [answer.name for answer in fields(kind)] if is_dataclass(kind) else []
        paths = tuple(f"{group.name}.{name}" for name in names) or (group.name,)
        yield group.name, paths, attrgetter(*names) if names else None


_POOLED_ANSWERS = tuple(_pooled_answers())


def may_be_asked(shares: Shares, question: str, report: PooledReport) -> bool:
    """Tell whether a question may be asked: one that depends on another waits for its answer."""
    if question not in shares.shown_when:
        return True
    other, words = shares.shown_when[question]
    answer = answer_at(report, other)
    return answer is not None and str(answer).lower() in words


def band_of(known: Known, report: PooledReport) -> str:
    """Return the band of what the report says."""
    answer = answer_at(report, known.path)
    if answer is None:
        return OPEN
    if known.member is not None:
        return WITH if known.member in answer else WITHOUT
    if known.cuts:
        return str(bisect_right(known.cuts, answer))
    return RATED if isinstance(answer, dict) else str(answer).lower()


def _limits(reader: Reader, picks: tuple[Pick, ...]) -> tuple[str, ...]:
    """Return what this view cannot do or leaves out, as ids of phrases."""
    stated = list(ALWAYS_STATED)
    if reader.was_heard_alone:
        has_ideas_for_two = any(bit & reader.compiled.index.joint for bit, _ in picks)
        stated.append("one_heard_proposal" if has_ideas_for_two else "one_heard")
    if reader.is_kept_small:
        stated.append("kept_small")
    if picks and reader.history.reactions:
        wishes = [one for one in preferences(reader.compiled.index, reader.history) if one.phrase]
        stated += [one.phrase for one in wishes if all(bit & one.less for bit, _ in picks)]
    if picks:
        if answer_at(reader.answered, "busyness.longest_slot_minutes") is None:
            stated.append("slot_unknown")
        if answer_at(reader.answered, "circumstances.budget") is None:
            stated.append("budget_unknown")
    else:
        stated.append("answers_may_change")
    return tuple(stated)
