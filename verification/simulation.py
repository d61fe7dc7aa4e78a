"""Simulation: the engine decides synthetic couples by two rulesets, in this process or in those of an executor.

What changes is counted for everybody and for the segments of segments.yaml.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from app.engine.code_generation import compile_reading
from app.engine.condition_parser import parse_derivation
from app.engine.ruleset import Finding
from app.engine.self_report import SelfReport
from app.rulesets.comparison import EVERYONE, CoupleComparison, compare_couples
from app.rulesets.library import Library
from app.rulesets.sampling import SampledCouple, sample_couples
from verification.release_file import open_ruleset
from verification.spreading import parts_of

SEGMENTS = Path(__file__).with_name("segments.yaml")
ONE_PARTNER = "one_partner_only"
_INSIDE = "inside"
COUPLES_OF_A_PART = 200


class Simulation(NamedTuple):
    """A comparison to be made. It is sent to whichever process counts, so it has names and numbers alone.

    A ruleset is named by the version of its release under `root`, as `files`, or by a folder of content.
    """

    root: Path
    old: str
    new: str
    couples: int
    seed: int = 0


@lru_cache(maxsize=2)
def open_both(root: Path, old: str, new: str) -> tuple[Library, Library]:
    """Open both rulesets, once in each process. Raises `ContentError`."""
    return open_ruleset(root, old), open_ruleset(root, new)


def compare_part(simulation: Simulation, numbers: range) -> CoupleComparison:
    """Compare some of the couples."""
    old, new = open_both(simulation.root, simulation.old, simulation.new)
    couples = sample_couples(numbers, simulation.seed)
    return compare_couples(old.compiled, new.compiled, couples, read_segments().of)


def simulate(
    simulation: Simulation, executor: Executor | None = None, report_progress: Callable[[int], object] = int
) -> CoupleComparison:
    """Compare all couples; `report_progress` is called with the number of couples of each part that is done."""
    parts, total = parts_of(simulation.couples, COUPLES_OF_A_PART), CoupleComparison()
    for part in (executor.map if executor else map)(compare_part, [simulation] * len(parts), parts):
        total.add(part)
        report_progress(part.couples)
    return total


class Segments(NamedTuple):
    """Titles of all segments by id, and the function that names the segments of a couple, `everyone` left out."""

    titles: dict[str, str]
    of: Callable[[SampledCouple], list[str]]


@cache
def read_segments(file: Path = SEGMENTS) -> Segments:
    """Read the declared segments. Raises `ConditionError` for a condition that cannot be read."""
    declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    ids = list(declared)
    read = compile_reading(tuple(_as_finding(id_, declared[id_]["when"]) for id_ in ids), SelfReport)

    def of(couple: SampledCouple) -> list[str]:
        a, b = read(couple.a), read(couple.b or couple.a)
        inside = [id_ for id_, of_a, of_b in zip(ids, a, b, strict=True) if 0 in (of_a, of_b)]
        return inside if couple.b else [*inside, ONE_PARTNER]

    titles = {id_: declared[id_]["title"] for id_ in ids}
    return Segments({EVERYONE: "Everyone", **titles, ONE_PARTNER: "Only one partner answered"}, of)


def _as_finding(id_: str, when: str) -> Finding:
    tries = ((_INSIDE, parse_derivation(when)),)
    return Finding(
        id=id_, values=(_INSIDE,), both="own", label="private", wish=False, tries=tries, gap=None, origin="product"
    )
