"""Answers in, one partner's view out: findings, verdicts of rules, gate, fit, rank, select.

A view reads its owner's whole report and of the other one a `PooledReport`, which has no private field: so it cannot depend on
what the other keeps private. Order rests on pooled answers alone; private ones only take away, the affection add-on excepted.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, cast

from app.engine.catalogue import Mask
from app.engine.compile import Codes
from app.engine.fit import Limits, Taste, conflict_fit, limits_of, place_fit, taste_of
from app.engine.program import Program, ReadyRule, answer_at
from app.engine.rank import order_practices, order_strategies
from app.engine.ruleset import NO_SUPPORT, NOTHING_FITS, Need
from app.engine.safety import support_kinds
from app.engine.select import Choice, Pick, select
from app.engine.self_report import Kind, Liking, PooledReport, SelfReport, pool, poolable
from app.engine.view import (
    NOT_WILLING,
    PRIVATE,
    TASTE,
    AskNext,
    Because,
    Reason,
    StrategyView,
    Suggestion,
    Verdicts,
    View,
)
from app.engine.vocabulary import PRACTICES

MOST_QUESTIONS = 3
AFFECTION = PRACTICES.index("affection")
_WEEK, _FORTNIGHT = 7, 14
_ALWAYS_SAID = ("not_therapy", "not_a_safety_test")
_PLAIN = {name: Reason(name, name) for name in (NOTHING_FITS, NO_SUPPORT, NOT_WILLING)}
_WITHHELD_PRIVATELY = Reason(PRIVATE, "withheld_private")
_TASTES = {level: (Reason(TASTE, f"taste_{level}", (Because(TASTE, level),)),) for level in ("love", "like")}


class Reading(NamedTuple):
    """One partner's pooled answers, read once: it serves their own view and, where nothing is held back, the other's."""

    report: PooledReport
    codes: Codes
    limits: Limits
    taste: Taste
    kept_up: frozenset[int]


class Gate(NamedTuple):
    """What the fired rules make of the practices, pooled and private apart."""

    needs: list[int]
    reasons: dict[int, list[int]]
    withheld: int
    withheld_privately: int
    tones: Mask
    private_tones: Mask
    withholding: list[int]


def evaluate(program: Program, mine: SelfReport, theirs: PooledReport | None, most: int = 5) -> View:
    """One partner's view. `most` is how many activities at most, 1 to 20."""
    if support_kinds(mine.safety):
        return _support(mine)
    other = None if theirs is None else read(program, theirs)
    return _View(program, mine, read(program, poolable(mine)), other, most).build()


def evaluate_both(program: Program, a: SelfReport, b: SelfReport, most: int = 5) -> tuple[View, View]:
    """Both views; the same as two calls of `evaluate`, with each report read once where nothing of it is held back."""
    pooled_a, pooled_b = read(program, pool(a)), read(program, pool(b))
    own_a = read(program, poolable(a)) if a.keep_private else pooled_a
    own_b = read(program, poolable(b)) if b.keep_private else pooled_b
    return (
        _support(a) if support_kinds(a.safety) else _View(program, a, own_a, pooled_b, most).build(),
        _support(b) if support_kinds(b.safety) else _View(program, b, own_b, pooled_a, most).build(),
    )


def read(program: Program, report: PooledReport) -> Reading:
    """Read pooled answers into findings, limits and tastes."""
    kept_up = (report.time_together and report.time_together.we_already) or ()
    return Reading(
        report,
        program.read_pooled(report),
        limits_of(program.catalogue, report),
        taste_of(program.catalogue, report),
        frozenset(map(PRACTICES.index, kept_up)),
    )


def _support(mine: SelfReport) -> View:
    return View("support", (), (), (), (), support_kinds(mine.safety), _ALWAYS_SAID, _WEEK, None)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _View:
    """One view in the making: what was read and judged, and the steps from there."""

    def __init__(self, program: Program, mine: SelfReport, own: Reading, other: Reading | None, most: int) -> None:
        self.program = program
        self.mine = mine
        self.own = own
        self.other = other
        self.most = most
        self._judge()

    def _judge(self) -> None:
        """Judge what both told, and once more what the viewer alone told, for insights and for what may be named."""
        program, own, other = self.program, self.own, self.other
        private = program.read_private(self.mine)
        nobody = program.nobody
        gaps = self._gaps() if other else nobody
        certain = program.tables.certain
        self.codes = program.meet(own.codes, other.codes if other else nobody, gaps) + private
        self.held, self.true = program.judge(self.codes, certain)
        self.own_codes = own.codes + private
        alone = self.own_codes if gaps is nobody else program.meet(own.codes, own.codes, gaps) + private
        self.own_held, self.own_true = program.judge(alone, certain)
        self.capped = self._fired_by_the_others_wish() if other else 0

    def _gaps(self) -> Codes:
        """The findings that need both: the largest difference between two ratings of one thing."""
        gaps = list(self.program.nobody)
        for i in self.program.gaps:
            gap = self.program.findings[i].gap
            if gap is not None and self.other is not None:
                mine, theirs = answer_at(self.own.report, gap.of) or {}, answer_at(self.other.report, gap.of) or {}
                both = mine.keys() & theirs.keys()
                if both:
                    widest = max(abs(mine[kind] - theirs[kind]) for kind in both)
                    gaps[i] = 2 if widest >= gap.mismatched else int(widest >= gap.partial)
        return tuple(gaps)

    def _fired_by_the_others_wish(self) -> int:
        """Rules that would not fire if what is wished for were the viewer's word alone."""
        codes = list(self.codes)
        for i in self.program.wishes:
            codes[i] = self.own_codes[i]
        if tuple(codes) == self.codes:
            return 0
        return self.true & ~self.program.judge(tuple(codes), self.program.tables.certain)[1]

    def build(self) -> View:
        if self.mine.private is not None and self.mine.private.willingness == "no":
            return self._nothing_now([_PLAIN[NOT_WILLING]] * len(self.program.practices_of))
        gate = self._gate()
        fitting = self._fitting() & ~gate.tones
        passive = self.program.catalogue.parallel & ~self._counted_by_all()
        eligible = self._eligible(fitting, passive, gate, gate.withheld)
        order = order_strategies(self.program, gate.needs, eligible)
        left = fitting & self._left_by_private_answers() & ~gate.private_tones
        eligible = self._eligible(left, passive, gate, gate.withheld | gate.withheld_privately)
        practices = order_practices(self.program, gate.needs, eligible, order)
        suggested = {self.program.strategy_of[practice] for practice in practices}
        ranks = [s for s in order if s in suggested] + [s for s in order if s not in suggested]
        strategies = self._strategies(ranks, suggested, gate, eligible)
        if not practices:
            return self._finish("nothing_now", strategies, (), left)
        picks = self._select(practices, eligible, ranks[0], passive)
        return self._finish("suggestions", strategies, self._suggestions(picks, gate), left)

    def _gate(self) -> Gate:
        program = self.program
        gate_needs = [0] * len(PRACTICES)
        reasons: dict[int, list[int]] = {}
        withheld = withheld_privately = tones = private_tones = 0
        withholding: list[int] = []
        for i in _bits(self.true & program.every_rule):
            rule = program.rules[i]
            if rule.need is not None:
                need = min(rule.need, Need.moderate) if self.capped >> i & 1 else rule.need
                gate_needs[rule.practice] = max(gate_needs[rule.practice], need)
                reasons.setdefault(rule.practice, []).append(i)
            else:
                withholding.append(i)
                if rule.is_private:
                    withheld_privately |= rule.withholds
                    private_tones |= rule.tones
                else:
                    withheld |= rule.withholds
                    tones |= rule.tones
        return Gate(gate_needs, reasons, withheld, withheld_privately, tones, private_tones, withholding)

    def _fitting(self) -> Mask:
        """Joint activities within both partners' limits, solo ones within their doer's; vetoes are limits."""
        catalogue, own, other = self.program.catalogue, self.own, self.other
        alone = own.limits.allowed & ~own.taste.vetoed
        joint = alone & catalogue.joint & place_fit(catalogue, own.limits, other.limits if other else None)
        if other is not None:
            joint &= other.limits.allowed & ~other.taste.vetoed
        solo = alone & ~catalogue.joint & place_fit(catalogue, own.limits, None)
        if other is not None and other.limits.apart:
            solo &= catalogue.remote
        return (joint | solo) & conflict_fit(catalogue, self.codes[self.program.position["conflict"]])

    def _left_by_private_answers(self) -> Mask:
        small = self.mine.private is not None and self.mine.private.willingness == "small_steps"
        return self.program.catalogue.small_steps if small else self.program.catalogue.everything

    def _counted_by_all(self) -> Mask:
        counted = self.own.taste.counted
        return counted if self.other is None else counted & self.other.taste.counted

    def _eligible(self, fitting: Mask, passive: Mask, gate: Gate, withheld: int) -> list[Mask]:
        """The fitting activities of each suggested practice; only company where all that is left is passive."""
        eligible = []
        for practice, mask in enumerate(self.program.practice_masks):
            offered = fitting & mask if gate.needs[practice] and not withheld >> practice & 1 else 0
            eligible.append(offered if offered & ~passive else 0)
        return eligible

    def _select(self, practices: list[int], eligible: list[Mask], leading: int, passive: Mask) -> list[Pick]:
        catalogue, own, other = self.program.catalogue, self.own, self.other
        unsure = self.codes[self.program.position["start"]] == 1
        affection = bool(eligible[AFFECTION]) and self.most > 1
        picks = select(
            Choice(
                practices=practices,
                eligible=eligible,
                strategy_of=self.program.strategy_of,
                leading=leading,
                tiers=self._tiers(),
                may_be_first=~passive,
                easy_first=catalogue.first_steps if unsure else catalogue.everything,
                kept_up=own.kept_up | (other.kept_up if other else frozenset()),
                solo=catalogue.everything & ~catalogue.joint,
                needs_solo=other is None,
                most=self.most - affection,
            )
        )
        if affection:
            bit = eligible[AFFECTION] & -eligible[AFFECTION]
            picks.append(Pick(bit, AFFECTION))
        return picks

    def _tiers(self) -> Sequence[Mask]:
        """Sets of activities from most to least liked: by the lower of both likings, then by what counts as time together.

        A solo activity is liked as its doer likes it.
        """
        catalogue, own, other = self.program.catalogue, self.own.taste, self.other
        below_like, below_love = own.below_like, own.below_love
        if other is not None:
            below_like |= other.taste.below_like & catalogue.joint
            below_love |= other.taste.below_love & catalogue.joint
        counted = self._counted_by_all()
        love, like = ~below_love, below_love & ~below_like
        return (
            love & counted,
            love & ~counted,
            like & counted,
            like & ~counted,
            below_like & counted,
            below_like & ~counted,
        )

    def _reason(self, i: int) -> Reason:
        program, rule = self.program, self.program.rules[i]
        key = i, self.held & rule.named, self.own_held & rule.named & ~program.gap_values
        reason = program.reasons.get(key)
        if reason is None:
            reason = program.reasons[key] = self._make_reason(rule)
        return reason

    def _make_reason(self, rule: ReadyRule) -> Reason:
        if rule.is_private:
            return _WITHHELD_PRIVATELY if rule.need is None else Reason(PRIVATE, rule.id)
        because, is_shared = [], rule.reads_theirs
        for i, accepts in rule.reads:
            code = self.codes[i]
            if code in accepts:
                is_own = self.own_codes[i] == code
                finding = self.program.findings[i]
                because.append(Because(finding.id, finding.values[code] if is_own else None))
                is_shared = is_shared or not is_own
        return Reason(rule.id, rule.id, tuple(because), is_shared)

    def _strategies(
        self, ranks: list[int], suggested: set[int | None], gate: Gate, eligible: list[Mask]
    ) -> tuple[StrategyView, ...]:
        views = []
        for rank, strategy in enumerate(ranks, 1):
            name, practices = self.program.practices_of[strategy]
            if strategy in suggested:
                offered = [i for practice in practices if eligible[practice] for i in gate.reasons[practice]]
                offered.sort(key=self.program.by_need)
                reasons = tuple([self._reason(i) for i in offered])
                views.append(StrategyView(name, rank, "leading" if rank == 1 else "also", reasons, ()))
            else:
                views.append(StrategyView(name, rank, "not_now", (), self._why_not(practices, gate)))
        return tuple(views)

    def _why_not(self, practices: tuple[int, ...], gate: Gate) -> tuple[Reason, ...]:
        """The rules that withhold it; else that nothing of what is suggested fits; else that nothing calls for it."""
        here = sum(1 << practice for practice in practices)
        withholding = [i for i in gate.withholding if self.program.rules[i].withholds & here]
        reasons = list(dict.fromkeys(self._reason(i) for i in withholding))
        open_ = here & ~gate.withheld & ~gate.withheld_privately
        if any(gate.needs[practice] and open_ >> practice & 1 for practice in practices):
            reasons.append(_PLAIN[NOTHING_FITS])
        return tuple(reasons or [_PLAIN[NO_SUPPORT]])

    def _suggestions(self, picks: list[Pick], gate: Gate) -> tuple[Suggestion, ...]:
        preferences = self.own.report.activity_preferences
        likes = (preferences and preferences.likes) or {}
        program = self.program
        reasons = {practice: self._practice_reasons(practice, gate) for practice in {pick.practice for pick in picks}}
        suggestions = []
        for bit, practice in picks:
            position = bit.bit_length() - 1
            taste = _taste(program.catalogue.order[position].kinds, likes)
            suggestions.append(Suggestion(position, program.strategy_names[practice], reasons[practice] + taste))
        return tuple(suggestions)

    def _practice_reasons(self, practice: int, gate: Gate) -> tuple[Reason, ...]:
        return tuple([self._reason(i) for i in sorted(gate.reasons[practice], key=self.program.by_need)])

    def _insights(self, *, with_suggestions: bool) -> tuple[str, ...]:
        """Raised by the viewer's own answers; only what needs both is taken from both."""
        insights = self.program.insights
        raised = self.own_true >> len(self.program.rules)
        return tuple([insights[i][0] for i in _bits(raised) if with_suggestions or not insights[i][1]])

    def _ask_next(self) -> tuple[AskNext, ...]:
        """As if the other had not answered: the unanswered questions by how many rules and limits hang on them."""
        program, held = self.program, self.own_held
        _, possible = program.judge(self.own_codes, program.tables.possible)
        undecided = possible & ~self.own_true & program.askable_rules
        hanging: dict[int, int] = {}
        for values, rules, questions in program.openings:
            if not held & values and undecided & rules:
                for question in questions:
                    hanging[question] = hanging.get(question, 0) | undecided & rules
        decides = {question: rules.bit_count() for question, rules in hanging.items()}
        for question in program.limit_questions:
            decides[question] = decides.get(question, 0) + 1
        most_first = sorted(decides, key=lambda question: (-decides[question], question))
        unanswered = (q for q in most_first if answer_at(self.own.report, program.questions[q]) is None)
        return tuple([AskNext(program.questions[q], decides[q]) for q in islice(unanswered, MOST_QUESTIONS)])

    def _nothing_now(self, why: list[Reason]) -> View:
        strategies = tuple(
            StrategyView(name, rank, "not_now", (), (why[rank - 1],))
            for rank, (name, _) in enumerate(self.program.practices_of, 1)
        )
        return self._finish("nothing_now", strategies, (), 0)

    def _finish(
        self, outcome: str, strategies: tuple[StrategyView, ...], activities: tuple[Suggestion, ...], fitting: Mask
    ) -> View:
        suggests = outcome == "suggestions"
        willing = self.mine.private is None or self.mine.private.willingness != "no"
        return View(
            outcome="suggestions" if suggests else "nothing_now",
            strategies=strategies,
            activities=activities,
            insights=self._insights(with_suggestions=suggests),
            ask_next=self._ask_next() if willing else (),
            support=(),
            limits=self._limits(len(activities), suggests=suggests),
            next_check_in_days=_WEEK if suggests else _FORTNIGHT,
            verdicts=Verdicts(self.codes, self.own_codes, self.held, self.true, self.capped, fitting),
        )

    def _limits(self, offered: int, *, suggests: bool) -> tuple[str, ...]:
        """What this view cannot do, in words that rest on the viewer's own answers alone."""
        said = list(_ALWAYS_SAID)
        if self.other is None:
            said.append("one_heard")
            if suggests:
                said.append("proposal")
        if suggests:
            if answer_at(self.own.report, "busyness.longest_slot_minutes") is None:
                said.append("slot_unknown")
            if answer_at(self.own.report, "circumstances.budget") is None:
                said.append("budget_unknown")
            if offered < self.most:
                said.append("fewer_than_asked")
        return tuple(said)


def _taste(kinds: tuple[str, ...], likes: Mapping[Kind, Liking]) -> tuple[Reason, ...]:
    """The viewer's own word about this kind of thing; nothing is said of the other's."""
    liked = [likes.get(cast(Kind, kind)) for kind in kinds]
    return _TASTES["love"] if "love" in liked else _TASTES["like"] if "like" in liked else ()
