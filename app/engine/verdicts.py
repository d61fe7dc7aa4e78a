"""What the rules make of two readings: which fire, and what the fired ones suggest and withhold."""

from typing import NamedTuple

from app.engine.bitset import Mask, positions
from app.engine.code_generation import Codes
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask, answer_at
from app.engine.findings import gap_code
from app.engine.reading import Reading
from app.engine.ruleset import Need
from app.engine.self_report import SelfReport
from app.engine.view import Verdicts

SLIGHT, MODERATE, STRONG = map(int, Need)


class Gate(NamedTuple):
    """What the fired rules make of the practices, pooled and private apart: by practice its need and who calls for it.

    Practices are positions.
    """

    needs: list[int]
    suggesting: list[RuleMask]
    withholding: RuleMask
    withheld: int
    withheld_privately: int
    tones: Mask
    private_tones: Mask


def judge(compiled: CompiledRuleset, mine: SelfReport, own: Reading, other: Reading | None) -> Verdicts:
    """Judge what both told; and once more what the viewer alone told, for insights and for what may be named."""
    certain, private = compiled.tables.certain, compiled.read_private(mine)
    own_codes = own.codes + private
    if other is None:
        codes = compiled.meet(own.codes, compiled.nobody, compiled.nobody) + private
        held, true = compiled.judge(codes, certain)
        return Verdicts(codes, own_codes, held, held, true, true, 0)
    gaps = _gaps(compiled, own, other)
    codes = compiled.meet(own.codes, other.codes, gaps) + private
    held, true = compiled.judge(codes, certain)
    own_held, own_true = compiled.judge(compiled.meet(own.codes, own.codes, gaps) + private, certain)
    return Verdicts(
        codes, own_codes, held, own_held, true, own_true, _fired_by_the_others_wish(compiled, codes, own_codes, true)
    )


def _gaps(compiled: CompiledRuleset, own: Reading, other: Reading) -> Codes:
    """The findings that need both: the largest difference between two ratings of one thing."""
    codes = compiled.nobody
    for i, gap in compiled.gaps:
        mine, theirs = answer_at(own.report, gap.of) or {}, answer_at(other.report, gap.of) or {}
        widest = max([abs(mine[kind] - theirs[kind]) for kind in mine.keys() & theirs.keys()], default=None)
        codes = (*codes[:i], gap_code(gap, widest), *codes[i + 1 :])
    return codes


def _fired_by_the_others_wish(compiled: CompiledRuleset, codes: Codes, own_codes: Codes, true: int) -> int:
    """Rules that would not fire if what is wished for were the viewer's word alone."""
    differing = [i for i in compiled.wishes if codes[i] != own_codes[i]]
    if not differing:
        return 0
    without = list(codes)
    for i in differing:
        without[i] = own_codes[i]
    return true & ~compiled.judge(tuple(without), compiled.tables.certain)[1]


def gate(compiled: CompiledRuleset, verdicts: Verdicts) -> Gate:
    """Sort what the fired rules say. Need is the strongest reason's, never a sum; withholding wins over all of them."""
    # What fires through the other's wish alone is moderate at most.
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
