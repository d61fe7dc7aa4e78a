"""Synthetic couples of a declared population (population.yaml), the same in every process and on every machine.

Answers go together because a few factors lie behind many of them. The score of an answer is a weighted sum of factors
and of chance, all of them normally distributed, so it is normal too and is cut where the declared shares ask for it.
Only whole numbers are compared, so that rounding cannot differ between machines.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import shake_128
from itertools import accumulate, islice
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

import yaml

from app.engine.self_report import SelfReport
from app.engine.vocabulary import ANSWERS, KINDS, Answer
from app.rulesets.plain_reports import report_of

POPULATION = Path(__file__).with_name("population.yaml")

Bytes = Callable[[], int]
"""A source of chance: the next number from 0 to 255."""

_KEEP_PRIVATE = "keep_private"
_UNIT = 1000
# The normal distribution as 256 equally likely values in thousandths of its standard deviation, one for each byte.
_NORMAL = tuple(round(_UNIT * NormalDist().inv_cdf((byte + 0.5) / 256)) for byte in range(256))
_OWN = 6
"""The weight of chance in a score where the file gives none."""
_FACTOR_SPREAD = 2
"""The standard deviation of a factor's parts, that of chance being 1."""
_TENTHS = 10


class SampledCouple(NamedTuple):
    """A synthetic couple and its number in the population; `b` is None where one partner answered alone."""

    number: int
    a: SelfReport
    b: SelfReport | None


class Follows(NamedTuple):
    """A factor, by its position, and its weight in a score."""

    factor: int
    weight: int


class Factor(NamedTuple):
    """A hidden quantity behind many answers; `shared` tenths of it are common to the two partners."""

    shared: int
    follows: tuple[Follows, ...]


class Distribution(NamedTuple):
    """A distribution over the values of an answer: a score above `cuts[i]` means at least `values[i + 1]`.

    `key` is the member of a set or the key of a map that is drawn. Not drawn unless each answer of `only_when` has one
    of the values that go with it.
    """

    key: Any
    values: tuple[Any, ...]
    cuts: tuple[int, ...]
    follows: tuple[Follows, ...]
    own: int
    only_when: tuple[tuple[str, frozenset[Any]], ...]


class SampledAnswer(NamedTuple):
    """The distributions of one answer; `frequency` names the share of each tier that gives it.

    `rated` is the percentage of the keys of a map that are there, `limit` the number of members that a set may have.
    """

    path: str
    frequency: str
    of_couple: bool
    rated: int
    limit: int
    distributions: tuple[Distribution, ...]


class Population(NamedTuple):
    """The declared population, with shares in percent.

    `keepers` is the share of those who keep something private, `kept_private` the share of them for each path.
    """

    one_partner_only: int
    keepers: int
    factors: tuple[Factor, ...]
    tier_ends: tuple[int, ...]
    tiers: tuple[Mapping[str, int], ...]
    answers: tuple[SampledAnswer, ...]
    kept_private: tuple[tuple[str, int], ...]


def sample_couples(
    numbers: Iterable[int], seed: int = 0, population: Population | None = None
) -> Iterator[SampledCouple]:
    """Yield the couples with these numbers, such as `range(2_000)`.

    A couple depends on the seed and its number alone, so any range can be drawn in any process.
    """
    population = population or read_population()
    # A hash gives as much chance as a couple can need: faster to set up than a generator, and the same everywhere.
    draws = _most_draws(population)
    for number in numbers:
        yield _couple(population, number, iter(shake_128(f"{seed}/{number}".encode()).digest(draws)).__next__)


def _most_draws(population: Population) -> int:
    drawn = sum(len(answer.distributions) for answer in population.answers)
    of_report = 2 + len(population.answers) + 2 * drawn + len(population.kept_private)
    return 1 + 3 * len(population.factors) + drawn + 2 * of_report


def _couple(population: Population, number: int, draw: Bytes) -> SampledCouple:
    is_alone = _chance(population.one_partner_only, draw)
    of_a, of_b = _factors(population, draw)
    common = {answer.path: _values(answer, of_a, draw) for answer in population.answers if answer.of_couple}
    a = _report(population, of_a, common, draw)
    return SampledCouple(number, a, None if is_alone else _report(population, of_b, common, draw))


def _chance(percent: int, draw: Bytes) -> bool:
    return draw() * 100 < percent * 256


def _factors(population: Population, draw: Bytes) -> tuple[list[int], list[int]]:
    of_a: list[int] = []
    of_b: list[int] = []
    for shared, follows in population.factors:
        together = _FACTOR_SPREAD * shared * _NORMAL[draw()]
        for factors in (of_a, of_b):
            score = together + _FACTOR_SPREAD * (_TENTHS - shared) * _NORMAL[draw()]
            for factor, weight in follows:
                score += factors[factor] * weight
            factors.append(score // _TENTHS)
    return of_a, of_b


def _values(answer: SampledAnswer, factors: Sequence[int], draw: Bytes) -> list[Any]:
    values = []
    for _, options, cuts, follows, own, _ in answer.distributions:
        score = _NORMAL[draw()] * own
        for factor, weight in follows:
            score += factors[factor] * weight
        values.append(options[bisect_left(cuts, score)])
    return values


def _report(population: Population, factors: Sequence[int], common: Mapping[str, list[Any]], draw: Bytes) -> SelfReport:
    tier = population.tiers[bisect_right(population.tier_ends, draw() * 100 // 256)]
    answers: dict[str, Any] = {}
    for answer in population.answers:
        if not _chance(tier[answer.frequency], draw):
            continue
        values = common[answer.path] if answer.of_couple else _values(answer, factors, draw)
        match ANSWERS[answer.path].shape:
            case "choices":
                drawn = zip(answer.distributions, values, strict=True)
                members = (part.key for part, value in drawn if value and _is_asked(part, answers))
                answers[answer.path] = frozenset(islice(members, answer.limit))
            case "map_of_choices" | "map_of_scales":
                drawn = zip(answer.distributions, values, strict=True)
                answers[answer.path] = {part.key: value for part, value in drawn if _chance(answer.rated, draw)}
            case _ if _is_asked(answer.distributions[0], answers):
                answers[answer.path] = values[0]
    if _chance(population.keepers, draw):
        answers[_KEEP_PRIVATE] = frozenset(path for path, share in population.kept_private if _chance(share, draw))
    return report_of(answers)


def _is_asked(distribution: Distribution, answers: Mapping[str, Any]) -> bool:
    return not distribution.only_when or all(answers.get(path) in values for path, values in distribution.only_when)


class UnusablePopulation(Exception):
    """A mistake in the file that declares a population."""


@cache
def read_population(file: Path = POPULATION) -> Population:
    """Read and check a declared population. Raises `UnusablePopulation`."""
    declared = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  it makes text of everything
    try:
        return _Reader(declared["factors"]).population(declared)
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise UnusablePopulation(f"{file.name}: {error}") from error


class _Reader:
    def __init__(self, declared: Mapping[str, Any]) -> None:
        self._names: list[str] = []
        self._sources: list[dict[tuple[str, str], float]] = []
        self._factors: list[Factor] = []
        for name, entry in declared.items():
            self._add_factor(name, int(entry["shared"]), self._follows(entry))

    def population(self, declared: Mapping[str, Any]) -> Population:
        for path in declared["answers"]:
            _known(path, ANSWERS)
        in_order = dict.fromkeys([*declared["answers"], *ANSWERS])
        entries = {path: declared["answers"].get(path) or _evenly(ANSWERS[path]) for path in in_order}
        tiers = [{kind: int(share) for kind, share in tier.items()} for tier in declared["tiers"].values()]
        return Population(
            int(declared["one_partner_only"]),
            int(declared["keepers"]),
            tuple(self._factors),
            tuple(accumulate(tier["share"] for tier in tiers))[:-1],
            tuple({"always": 100, **tier} for tier in tiers),
            tuple(self._answer(ANSWERS[path], entry) for path, entry in entries.items() if entry),
            tuple(
                (_known(path, ANSWERS[_KEEP_PRIVATE].levels), int(share))
                for path, share in declared[_KEEP_PRIVATE].items()
            ),
        )

    def _add_factor(self, name: str, shared: int, follows: tuple[Follows, ...]) -> None:
        sources = {
            (name, "couple"): _FACTOR_SPREAD * shared / _TENTHS,
            (name, "own"): _FACTOR_SPREAD * (_TENTHS - shared) / _TENTHS,
        }
        for source, weight in self._weighted(follows):
            sources[source] = sources.get(source, 0) + weight / _TENTHS
        self._names.append(name)
        self._sources.append(sources)
        self._factors.append(Factor(shared, follows))

    def _weighted(self, follows: Iterable[Follows]) -> Iterator[tuple[tuple[str, str], float]]:
        for factor, weight in follows:
            yield from ((source, weight * part) for source, part in self._sources[factor].items())

    def _follows(self, entry: Mapping[str, Any]) -> tuple[Follows, ...]:
        return tuple(
            Follows(self._names.index(_known(name, self._names)), int(weight))
            for name, weight in entry.get("follows", {}).items()
        )

    def _answer(self, answer: Answer, entry: Mapping[str, Any]) -> SampledAnswer:
        distributions = tuple(self._distributions(answer, entry))
        return SampledAnswer(
            answer.path,
            entry["given"],
            entry.get("of") == "couple",
            int(entry.get("rated", 0)),
            int(entry.get("limit", len(distributions))),
            distributions,
        )

    def _distributions(self, answer: Answer, entry: Mapping[str, Any]) -> Iterator[Distribution]:
        if answer.shape == "choices":
            for member, drawn in entry["members"].items():
                share = int(drawn["share"])
                yield self._distribution(drawn, {False: 100 - share, True: share}, _known(member, answer.levels))
        elif answer.shape.startswith("map_"):
            for kind in KINDS:
                drawn = {**entry, **(entry["kinds"].get(kind) or {})}
                yield self._distribution(drawn, _shares(answer, drawn), kind)
        else:
            yield self._distribution(entry, _shares(answer, entry))

    def _distribution(
        self, entry: Mapping[str, Any], shares: Mapping[Any, int], key: str | None = None
    ) -> Distribution:
        follows, own = self._follows(entry), int(entry.get("own", _OWN))
        weights: dict[tuple[str, str], float] = {}
        for source, weight in self._weighted(follows):
            weights[source] = weights.get(source, 0) + weight
        score = NormalDist(0, _UNIT * sqrt(own**2 + sum(weight**2 for weight in weights.values())))
        ends = [end / sum(shares.values()) for end in accumulate(shares.values())][:-1]
        only_when = tuple(
            (path, frozenset(_value(ANSWERS[path], level) for level in levels))
            for path, levels in entry.get("only_when", {}).items()
        )
        return Distribution(
            key, tuple(shares), tuple(round(score.inv_cdf(end)) for end in ends), follows, own, only_when
        )


def _evenly(answer: Answer) -> Mapping[str, Any]:
    """Return the entry of an answer that the file does not declare: equal shares, and none for a number."""
    if answer.path == _KEEP_PRIVATE or answer.shape in ("number", "integer"):
        return {}
    if answer.shape == "choices":
        return {"given": "deeper", "members": {member: {"share": 50} for member in answer.levels}}
    levels = ("false", "true") if answer.shape == "yes_no" else answer.levels
    return {"given": "deeper", "rated": 50, "kinds": {}, "shares": dict.fromkeys(levels, 1)}


def _shares(answer: Answer, entry: Mapping[str, Any]) -> dict[Any, int]:
    return {_value(answer, level): int(share) for level, share in entry["shares"].items()}


def _value(answer: Answer, level: str) -> Any:
    match answer.shape:
        case "number":
            return float(level)
        case "integer":
            return int(level)
        case "yes_no":
            return _known(level, ("false", "true")) == "true"
        case "scale" | "map_of_scales":
            return int(_known(level, answer.levels))
        case _:
            return _known(level, answer.levels)


def _known(word: str, words: Iterable[str]) -> str:
    if word not in words:
        raise ValueError(f"`{word}` is none of {', '.join(words)}")
    return word
