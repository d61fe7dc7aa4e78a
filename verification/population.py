"""Synthetic couples, block by block: block 7 is the same whoever makes it, and whatever was made before.

Answers go together because a few factors lie behind many of them. A score, the sum of an answer's factors and chance,
is cut where the declared shares ask for it; the cuts are read off one fixed sample. Whole numbers only, from a
generator that counts (Philox), so that every machine makes the same couples.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import yaml
from numpy.typing import NDArray

from app.engine.conditions import whole
from app.engine.vocabulary import ANSWERS, KINDS
from app.rulesets.sampling import POPULATION
from verification.answers import BLOCK, KEEP_PRIVATE, Block, Column, empty_block, set_bit

Scores = NDArray[np.int16]
Draws = Callable[[Sequence[int]], NDArray[np.uint8]]
"""Chance: bytes in the shape that is asked for."""

_SAMPLE = 32_768
_SAMPLE_KEY = 0x5EED
_OWN = 6
_TENTHS = 10
_HUNDRED = 100
_BYTE, _BYTES = 8, 256
_FEWEST_DRAWN = 1 << 16


@dataclass(frozen=True, slots=True)
class Scale:
    """Something that is drawn: the codes from low scores to high ones with their shares, and what the score follows."""

    codes: tuple[int, ...]
    shares: tuple[int, ...]
    follows: tuple[tuple[str, int], ...]
    own: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One column, or one bit of one. `only_when` gives the codes of another column that it is asked for."""

    column: str
    bit: int | None
    scale: Scale
    only_when: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer and all that is drawn for it. `rated` is the percentage of kinds that are rated, for maps."""

    path: str
    given: str
    of_couple: bool
    rated: int
    parts: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """What lies behind many answers; `shared` parts of ten are the couple's."""

    name: str
    shared: int
    follows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """The file, read and checked."""

    one_partner_only: int
    keepers: int
    factors: tuple[Factor, ...]
    tiers: tuple[Mapping[str, int], ...]
    answers: tuple[Asked, ...]
    kept: tuple[tuple[str, int], ...]


class Population:
    """Makes blocks of synthetic couples."""

    def __init__(self, seed: int = 0, declared: Declared | None = None) -> None:
        self._seed = seed
        self._declared = declared or read_population()
        self._cuts: dict[tuple[str, int | None], NDArray[np.int16]] = {}
        self._make(_SAMPLE, _chance((_SAMPLE_KEY, _SAMPLE_KEY)))

    def block(self, number: int, couples: int = BLOCK) -> Block:
        """The couples of one block. A shorter one holds the first couples of the whole one."""
        block = self._make(BLOCK, _chance((self._seed, number)))
        if couples == BLOCK:
            return block
        words = -(-couples // 64) * 64
        present = np.ascontiguousarray(block.present[:, :words])
        present[:, couples:] = False
        columns = {name: np.ascontiguousarray(column[:, :words]) for name, column in block.columns.items()}
        return Block(couples, columns, present)

    def _make(self, couples: int, chance: Draws) -> Block:
        declared, block = self._declared, empty_block(couples)
        block.present[0] = True
        block.present[1] = chance((couples,)) >= _of_bytes(declared.one_partner_only)
        factors = self._factors(couples, chance)
        given = self._given(couples, chance)
        for asked in declared.answers:
            self._answer(block, asked, factors, given[asked.given], chance)
        self._keep(block, chance)
        return block

    def _factors(self, couples: int, chance: Draws) -> dict[str, Scores]:
        factors: dict[str, Scores] = {}
        for factor in self._declared.factors:
            of_couple, own = _bell(chance((4, 1, couples))), _bell(chance((4, 2, couples)))
            total = of_couple * np.int16(factor.shared) + own * np.int16(_TENTHS - factor.shared)
            for name, weight in factor.follows:
                total = total + factors[name] * np.int16(weight)
            factors[factor.name] = cast(Scores, total // np.int16(_TENTHS))
        return factors

    def _given(self, couples: int, chance: Draws) -> dict[str, NDArray[np.uint8]]:
        """For each kind of answer, how many of 256 are given by these people; 0 stands for all of them."""
        tiers = self._declared.tiers
        drawn = chance((2, couples))
        given: dict[str, NDArray[np.uint8]] = {"always": np.full((2, couples), 255, np.uint8)}
        ends = np.cumsum([_of_bytes(tier["share"]) for tier in tiers])[:-1]
        for kind in ("everyday", "deeper", "private", "safety"):
            many = np.full((2, couples), _of_bytes(tiers[0][kind]), np.uint8)
            for end, tier in zip(ends, tiers[1:], strict=True):
                many[drawn >= end] = _of_bytes(tier[kind])
            given[kind] = many
        return given

    def _answer(
        self, block: Block, asked: Asked, factors: Mapping[str, Scores], given: NDArray[np.uint8], chance: Draws
    ) -> None:
        couples = block.couples
        is_given = block.present & ((chance((2, couples)) < given) | (asked.given == "always"))
        shape = ANSWERS[asked.path].shape
        if shape == "choices":
            bit = set_bit(asked.path)
            block.columns[f"{asked.path}/{bit // _BYTE}"][:, :couples] |= is_given.view(np.uint8) << np.uint8(
                bit % _BYTE
            )
        elif shape.startswith("map_"):
            block.columns[asked.path][:, :couples] = is_given
        for part in asked.parts:
            holds = is_given
            if shape.startswith("map_"):
                holds = holds & (chance((2, couples)) < _of_bytes(asked.rated))
            for other, codes in part.only_when:
                holds = holds & np.isin(block.columns[other], codes)
            drawn = self._draw(part, asked, factors, couples, chance)
            column = block.columns[part.column]
            if part.bit is not None:
                column |= (drawn * holds) << np.uint8(part.bit)
            elif column.dtype == np.uint8:
                np.multiply(drawn, holds, column)
            else:
                np.copyto(column, drawn, where=holds)

    def _draw(self, part: Drawn, asked: Asked, factors: Mapping[str, Scores], couples: int, chance: Draws) -> Column:
        """A code for each partner: the first, and a step further at every cut that the score passes."""
        scale = part.scale
        partners = 1 if asked.of_couple else 2
        score = chance((partners, couples)).view(np.int8) * np.int16(scale.own)
        for name, weight in scale.follows:
            score += factors[name][:partners] * np.int16(weight)
        cuts = self._cuts.get((part.column, part.bit))
        if cuts is None:
            cuts = self._cuts[part.column, part.bit] = _cut(score, scale.shares)
        kind = np.int16 if ANSWERS[asked.path].shape in ("number", "integer") else np.uint8
        codes = np.full(score.shape, scale.codes[0], kind)
        for cut, (before, after) in zip(cuts, pairwise(scale.codes), strict=True):
            passed = (score > cut).view(np.uint8)
            if after >= before:
                codes += passed * kind(after - before)
            else:
                codes -= passed * kind(before - after)
        return np.broadcast_to(codes, (2, couples))

    def _keep(self, block: Block, chance: Draws) -> None:
        couples, levels = block.couples, ANSWERS[KEEP_PRIVATE].levels
        keeps = block.present & (chance((2, couples)) < _of_bytes(self._declared.keepers))
        if not keeps.any():
            return
        who = np.nonzero(keeps)
        for path, share in self._declared.kept:
            kept = chance((len(who[0]),)) < _of_bytes(share)
            byte, bit = divmod(levels.index(path), _BYTE)
            block.columns[f"{KEEP_PRIVATE}/{byte}"][who] |= kept.view(np.uint8) << np.uint8(bit)
        byte, bit = divmod(set_bit(KEEP_PRIVATE), _BYTE)
        block.columns[f"{KEEP_PRIVATE}/{byte}"][who] |= np.uint8(1 << bit)


def _chance(key: tuple[int, int]) -> Draws:
    generator = np.random.Philox(key=np.array(key, np.uint64))

    def draw(shape: Sequence[int]) -> NDArray[np.uint8]:
        count = int(np.prod(shape))
        raw = generator.random_raw(-(-count // _BYTE))
        return np.asarray(raw, "<u8").view(np.uint8)[:count].reshape(shape)

    return draw


def _bell(draws: NDArray[np.uint8]) -> Scores:
    """Four bytes together: most are near the middle, which is 0."""
    return cast(Scores, draws.view(np.int8).sum(axis=0, dtype=np.int16))


def _cut(score: Scores, shares: Sequence[int]) -> NDArray[np.int16]:
    """The scores that leave so many on each side, in this sample."""
    ordered = np.sort(score.ravel(), kind="stable")
    ends = np.cumsum(shares)[:-1] * ordered.size // sum(shares)
    return cast(NDArray[np.int16], ordered[np.minimum(ends, ordered.size - 1)])


def _of_bytes(percent: int) -> int:
    """So many of the 256 values of a byte, and never all of them."""
    return min(percent * _BYTES // _HUNDRED, _BYTES - 1)


class UnusablePopulation(Exception):
    """What is wrong with the file that declares a population."""


@cache
def read_population(file: Path = POPULATION) -> Declared:
    """Read and check what is declared. Raises `UnusablePopulation`."""
    given = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  it makes text of everything
    try:
        return _read(given)
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise UnusablePopulation(f"{file.name}: {error}") from error


def _read(given: Mapping[str, Any]) -> Declared:
    factors: list[Factor] = []
    for name, each in given["factors"].items():
        known = [factor.name for factor in factors]
        factors.append(Factor(name, int(each["shared"]), _follows(each, known)))
    names = [factor.name for factor in factors]
    missing = ANSWERS.keys() - given["answers"].keys() - {KEEP_PRIVATE}
    if missing:
        raise ValueError(f"nothing is said of {', '.join(sorted(missing))}")
    answers = tuple(_asked(path, each, names) for path, each in given["answers"].items())
    tiers = tuple({kind: int(share) for kind, share in tier.items()} for tier in given["tiers"].values())
    kept = tuple(
        (_known(path, ANSWERS[KEEP_PRIVATE].levels), int(share)) for path, share in given[KEEP_PRIVATE].items()
    )
    return Declared(int(given["one_partner_only"]), int(given["keepers"]), tuple(factors), tiers, answers, kept)


def _known(word: str, words: Sequence[str]) -> str:
    if word not in words:
        raise ValueError(f"`{word}` is none of {', '.join(words)}")
    return word


def _follows(each: Mapping[str, Any], factors: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((_known(name, factors), int(weight)) for name, weight in each.get("follows", {}).items())


def _asked(path: str, each: Mapping[str, Any], factors: Sequence[str]) -> Asked:
    _known(path, tuple(ANSWERS))
    parts = tuple(_parts(path, each, factors))
    return Asked(path, each["given"], each.get("of") == "couple", int(each.get("rated", 0)), parts)


def _parts(path: str, each: Mapping[str, Any], factors: Sequence[str]) -> Iterator[Drawn]:
    answer = ANSWERS[path]
    if answer.shape == "choices":
        for member, drawn in each["members"].items():
            byte, bit = divmod(answer.levels.index(_known(member, answer.levels)), _BYTE)
            shares = (_HUNDRED - int(drawn["share"]), int(drawn["share"]))
            scale = Scale((0, 1), shares, _follows(drawn, factors), int(drawn.get("own", _OWN)))
            yield Drawn(f"{path}/{byte}", bit, scale, _only_when(drawn))
    elif answer.shape.startswith("map_"):
        for kind in KINDS:
            own = each["kinds"].get(kind) or {}
            yield Drawn(f"{path}/{kind}", None, _scale(path, {**each, **own}, factors), ())
    else:
        yield Drawn(path, None, _scale(path, each, factors), _only_when(each))


def _scale(path: str, each: Mapping[str, Any], factors: Sequence[str]) -> Scale:
    shares = each["shares"]
    return Scale(
        tuple(_code(path, level) for level in shares),
        tuple(map(int, shares.values())),
        _follows(each, factors),
        int(each.get("own", _OWN)),
    )


def _code(path: str, level: str) -> int:
    answer = ANSWERS[path]
    if answer.shape in ("number", "integer"):
        return whole(float(level), path)
    levels = ("false", "true") if answer.shape == "yes_no" else answer.levels
    return levels.index(_known(level, levels)) + 1


def _only_when(each: Mapping[str, Any]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple(
        (path, tuple(_code(path, level) for level in levels)) for path, levels in each.get("only_when", {}).items()
    )
