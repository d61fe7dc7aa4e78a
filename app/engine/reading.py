"""One partner's pooled answers, read once: into findings, limits and tastes."""

from typing import NamedTuple

from app.engine.code_generation import Codes
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.fit import Limits, Taste, limits_of, taste_of
from app.engine.self_report import PooledReport
from app.engine.vocabulary import PRACTICES

_NOTHING: frozenset[int] = frozenset()


class Reading(NamedTuple):
    """It serves its owner's own view and, where nothing is held back, the other's."""

    report: PooledReport
    codes: Codes
    limits: Limits
    taste: Taste
    kept_up: frozenset[int]


def read(compiled: CompiledRuleset, report: PooledReport) -> Reading:
    """What these answers amount to. `kept_up` are the practices that the two already keep up."""
    kept_up = report.time_together and report.time_together.we_already
    return Reading(
        report,
        compiled.read_pooled(report),
        limits_of(compiled.index, report),
        taste_of(compiled.index, report),
        frozenset(map(PRACTICES.index, kept_up)) if kept_up else _NOTHING,
    )
