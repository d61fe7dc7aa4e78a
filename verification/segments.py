"""Segments: the groups of couples for which a change is counted, declared in segments.yaml."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from app.engine.code_generation import compile_reading
from app.engine.condition_parser import parse_derivation
from app.engine.ruleset import Finding
from app.engine.self_report import SelfReport
from app.rulesets.comparison import EVERYONE
from app.rulesets.sampling import SampledCouple

SEGMENTS = Path(__file__).with_name("segments.yaml")
ONE_PARTNER = "one_partner_only"
_INSIDE = "inside"


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
