"""The reading of answers and the verdicts of the rules: which of them fire, and what these suggest and withhold."""

from typing import NamedTuple

from app.engine.bitset import Mask, positions
from app.engine.code_generation import Codes
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask
from app.engine.conditions import UNKNOWN
from app.engine.fit import Limits, Taste, limits_of, taste_of
from app.engine.history import NO_HISTORY, History
from app.engine.ruleset import Gap, Need
from app.engine.self_report import PooledReport, SelfReport, answer_at, poolable, without_private
from app.engine.view import Verdicts
from app.engine.vocabulary import PRACTICES

SLIGHT, MODERATE, STRONG = map(int, Need)
_NOTHING: frozenset[int] = frozenset()


class Reading(NamedTuple):
    """A partner's pooled answers as findings, limits and tastes.

    It serves the partner's own view and, where nothing is kept from the pool, the other partner's too.
    """

    report: PooledReport
    codes: Codes
    limits: Limits
    taste: Taste
    kept_up: frozenset[int]


class Situation(NamedTuple):
    """The inputs of one view and the verdicts on them. `limit` is the largest number of activities.

    In a quiet view `mine` is the report without its private answers, and `full_report` the one that has them; it is
    None in any other view.
    """

    compiled: CompiledRuleset
    mine: SelfReport
    own: Reading
    other: Reading | None
    limit: int
    verdicts: Verdicts
    past: History = NO_HISTORY
    full_report: SelfReport | None = None

    @property
    def willingness(self) -> str | None:
        return None if self.mine.private is None else self.mine.private.willingness

    @property
    def is_gentle(self) -> bool:
        """Tell whether the view is kept to small steps because this partner's latest answers have been heavier.

        A quiet view may not say so, and is made without it.
        """
        return self.past.gentle and self.full_report is None

    @property
    def takes_small_steps(self) -> bool:
        return self.willingness == "small_steps" or self.is_gentle


class Gate(NamedTuple):
    """The effect of the fired rules on practices and tones, pooled and private rules apart.

    `needs` and `suggesting` have an entry for every practice: its need (0: nothing calls for it) and the rules that
    call for it. `withheld` and `withheld_privately` are sets of practices.
    """

    needs: list[int]
    suggesting: list[RuleMask]
    withholding: RuleMask
    withheld: Mask
    withheld_privately: Mask
    tones: Mask
    private_tones: Mask


def read(compiled: CompiledRuleset, report: PooledReport) -> Reading:
    """Return the findings, limits and tastes of a report, and the practices that the two already keep up."""
    # Practices are positions from here on, so ids are looked up once per report.
    kept_up = report.time_together and report.time_together.we_already
    return Reading(
        report,
        compiled.read_pooled(report),
        limits_of(compiled.index, report),
        taste_of(compiled.index, report),
        frozenset(map(PRACTICES.index, kept_up)) if kept_up else _NOTHING,
    )


def situation_of(
    compiled: CompiledRuleset, mine: SelfReport, other: Reading | None, limit: int, past: History, *, quiet: bool
) -> Situation:
    """Return the situation of one view: its inputs and the verdicts on them; a quiet view has no private answers."""
    judged = without_private(mine) if quiet else mine
    own = read(compiled, poolable(judged))
    verdicts = judge(compiled, judged, own, other)
    return Situation(compiled, judged, own, other, limit, verdicts, past, mine if quiet else None)


def judge(compiled: CompiledRuleset, mine: SelfReport, own: Reading, other: Reading | None) -> Verdicts:
    """Judge the rules on the answers of both, and again on the viewer's alone.

    The second verdict decides insights and which values a reason may name.
    """
    certain, private = compiled.tables.certain, compiled.read_private(mine)
    # Private findings stand behind the pooled ones, and only the viewer has them.
    own_codes = own.codes + private
    if other is None:
        codes = compiled.meet(own.codes, compiled.nobody, compiled.nobody) + private
        literals, true = compiled.judge(codes, certain)
        return Verdicts(codes, own_codes, literals, literals, true, true, 0)
    gaps = _gaps(compiled, own, other)
    codes = compiled.meet(own.codes, other.codes, gaps) + private
    literals, true = compiled.judge(codes, certain)
    # A gap exists only between two reports, so it keeps its value in the viewer's own verdict.
    own_literals, own_true = compiled.judge(compiled.meet(own.codes, own.codes, gaps) + private, certain)
    capped = _fired_by_the_others_wish(compiled, codes, own_codes, true)
    return Verdicts(codes, own_codes, literals, own_literals, true, own_true, capped)


def _gaps(compiled: CompiledRuleset, own: Reading, other: Reading) -> Codes:
    """Return the codes of the findings that need both reports: the largest difference between two ratings."""
    codes = compiled.nobody
    for i, gap in compiled.gaps:
        mine, theirs = answer_at(own.report, gap.of) or {}, answer_at(other.report, gap.of) or {}
        widest = max([abs(mine[kind] - theirs[kind]) for kind in mine.keys() & theirs.keys()], default=None)
        codes = (*codes[:i], gap_code(gap, widest), *codes[i + 1 :])
    return codes


def gap_code(gap: Gap, widest: int | None) -> int:
    """Return the code of the largest difference between two ratings of one kind; None: no kind was rated by both."""
    if widest is None:
        return UNKNOWN
    return 2 if widest >= gap.mismatched else int(widest >= gap.partial)


def _fired_by_the_others_wish(compiled: CompiledRuleset, codes: Codes, own_codes: Codes, true: int) -> RuleMask:
    """Return the rules that would not fire if only the viewer's own wishes counted."""
    # Where both wish alike, the second judgement is saved.
    differing = [i for i in compiled.wishes if codes[i] != own_codes[i]]
    if not differing:
        return 0
    without = list(codes)
    for i in differing:
        without[i] = own_codes[i]
    return true & ~compiled.judge(tuple(without), compiled.tables.certain)[1]


def gate(compiled: CompiledRuleset, verdicts: Verdicts) -> Gate:
    """Return what the fired rules make of practices and tones.

    A practice's need is that of its strongest rule, never a sum; a rule that withholds wins over all that suggest.
    """
    # A rule that fires through the other partner's wish alone makes a need moderate at most.
    strong, firm = compiled.strong & ~verdicts.capped, compiled.firm
    suggesting = [verdicts.true & rules for rules in compiled.calling]
    needs = [rules and (STRONG if rules & strong else MODERATE if rules & firm else SLIGHT) for rules in suggesting]
    withholding = verdicts.true & compiled.withholding
    withheld = withheld_privately = tones = private_tones = 0
    for i in positions(withholding):
        rule = compiled.rules[i]
        if rule.is_private:
            withheld_privately |= rule.withholds
            private_tones |= rule.tones
        else:
            withheld |= rule.withholds
            tones |= rule.tones
    return Gate(needs, suggesting, withholding, withheld, withheld_privately, tones, private_tones)
