import hashlib
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from pydantic import TypeAdapter

from app.engine.compiled_ruleset import answer_at
from app.engine.vocabulary import ANSWERS
from app.rulesets.sampling import POPULATION
from tests.engine.reports import values_of
from verification.answers import Block, decode
from verification.population import Population, UnusablePopulation, read_population

COUPLES = 65_536


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(seed=1)


@pytest.fixture(scope="module")
def block(population: Population) -> Block:
    return population.block(0)


def digest(block: Block) -> str:
    joined = hashlib.sha256(block.present.tobytes())
    for name in sorted(block.columns):
        joined.update(block.columns[name].tobytes())
    return joined.hexdigest()


def test_a_block_is_the_same_whoever_makes_it_and_whatever_was_made_before(population: Population) -> None:
    alone = digest(Population(seed=1).block(3))
    for number in (5, 0, 3):
        last = population.block(number)

    assert digest(last) == alone
    assert digest(Population(seed=2).block(3)) != alone
    assert digest(population.block(4)) != alone


def test_a_short_block_is_the_beginning_of_the_whole_one(population: Population, block: Block) -> None:
    short = population.block(0, 1000)

    assert short.present.sum() == block.present[:, :1000].sum()
    assert [decode(short, row) for row in range(0, 1000, 97)] == [decode(block, row) for row in range(0, 1000, 97)]


@pytest.mark.parametrize(
    ("path", "shares"),
    [
        ("conflict.level", (33, 38, 21, 8)),
        ("busyness.level", (9, 38, 37, 16)),
    ],
)
def test_shares_are_as_declared(block: Block, path: str, shares: tuple[int, ...]) -> None:
    column = block.columns[path][0]

    counted = [100 * np.mean(column == code) for code in range(1, len(shares) + 1)]

    assert counted == pytest.approx(shares, abs=1)


def test_answers_go_together_within_one_partner_and_between_two(block: Block) -> None:
    a, b = block.columns["conflict.level"][:, block.present[1]].astype(int)
    strained = block.columns["communication.ease"][0]
    known = strained > 0

    assert np.corrcoef(a, b)[0, 1] > 0.3
    assert np.corrcoef(block.columns["conflict.level"][0][known], strained[known])[0, 1] < -0.3


def test_who_was_not_heard_has_no_answers(block: Block) -> None:
    absent = ~block.present[1]

    assert 0.1 < absent.mean() < 0.3
    for name, column in block.columns.items():
        assert (column[1, absent] <= 0).all(), name


def test_every_level_of_every_answer_occurs(block: Block) -> None:
    seen: dict[str, set[object]] = {path: set() for path in ANSWERS if path != "keep_private"}
    for row in range(6000):
        report = cast(Any, decode(block, row)[0])
        for path, values in seen.items():
            value = answer_at(report, path)
            values.update(
                value if isinstance(value, frozenset) else value.values() if isinstance(value, dict) else [value]
            )
    for path, values in seen.items():
        if ANSWERS[path].levels or ANSWERS[path].shape == "yes_no":
            assert set(values_of(path)) <= values, path


def test_synthetic_reports_are_what_the_api_takes(block: Block) -> None:
    from app.api.recommendations.self_report import SelfReportIn  # noqa: PLC0415

    report = TypeAdapter(SelfReportIn)
    for row in range(500):
        for each in decode(block, row):
            if each is not None:
                report.validate_json(report.dump_json(each, exclude_none=True))  # type: ignore[arg-type]


def test_the_two_never_contradict_each_other_about_what_they_share(block: Block) -> None:
    for path in ("circumstances.living", "circumstances.children_at_home"):
        a, b = block.columns[path]
        both = (a > 0) & (b > 0)
        assert (a[both] == b[both]).all()


@pytest.mark.parametrize(
    ("part", "becomes", "said"),
    [
        ("conflict.level:\n    given", "conflict.levl:\n    given", "conflict.level"),
        ("rare: 33", "rarely: 33", "`rarely` is none of rare"),
        ("follows: { strain: 8 }", "follows: { strains: 8 }", "`strains` is none of"),
    ],
)
def test_a_population_that_names_what_is_not_there_is_refused(
    tmp_path: Path, part: str, becomes: str, said: str
) -> None:
    text = POPULATION.read_text(encoding="utf-8")
    assert part in text
    file = tmp_path / "population.yaml"
    file.write_text(text.replace(part, becomes, 1), encoding="utf-8")

    with pytest.raises(UnusablePopulation, match=said):
        read_population(file)


def test_it_says_of_itself_that_it_is_made_up() -> None:
    text = POPULATION.read_text(encoding="utf-8")

    assert "origin: product" in text
    assert "is_synthetic: true" in text
