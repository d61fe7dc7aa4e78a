from collections import Counter
from pathlib import Path
from statistics import correlation
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.api.recommendations.self_report import SelfReportIn
from app.engine.vocabulary import ANSWERS
from app.rulesets import sampling
from app.rulesets.plain_reports import answers_of, as_posted
from app.rulesets.sampling import POPULATION, SampledCouple, UnusablePopulation, read_population, sample_couples
from tests.engine.reports import values_of


@pytest.fixture(scope="module")
def couples() -> list[SampledCouple]:
    return list(sample_couples(range(3000), seed=1))


def both_answer(couples: list[SampledCouple], path: str) -> list[tuple[int, int]]:
    """The levels of one answer of all couples in which both gave it."""
    pairs = [(dict(answers_of(couple.a)), dict(answers_of(couple.b))) for couple in couples if couple.b]
    levels = ANSWERS[path].levels
    return [(levels.index(str(a[path])), levels.index(str(b[path]))) for a, b in pairs if path in a and path in b]


def test_a_sample_drawn_twice_is_the_same(couples: list[SampledCouple]) -> None:
    assert list(sample_couples(range(200), seed=1)) == couples[:200]
    assert list(sample_couples(range(200), seed=2)) != couples[:200]


def test_any_range_is_that_part_of_the_whole_sample(couples: list[SampledCouple]) -> None:
    assert list(sample_couples(range(1970, 2010), seed=1)) == couples[1970:2010]
    assert list(sample_couples([7], seed=1)) == [couples[7]]


@pytest.mark.parametrize(("path", "shares"), [("conflict.level", (33, 38, 21, 8)), ("busyness.level", (9, 38, 37, 16))])
def test_shares_are_as_declared(couples: list[SampledCouple], path: str, shares: tuple[int, ...]) -> None:
    counts = Counter(dict(answers_of(couple.a))[path] for couple in couples)

    assert [100 * counts[level] / len(couples) for level in ANSWERS[path].levels] == pytest.approx(shares, abs=2)


def test_the_two_partners_answer_alike(couples: list[SampledCouple]) -> None:
    assert correlation(*zip(*both_answer(couples, "conflict.level"), strict=True)) > 0.3


def test_answers_with_a_common_factor_go_together(couples: list[SampledCouple]) -> None:
    talk_path = "communication.ease"
    conflict, talk = ANSWERS["conflict.level"].levels, ANSWERS[talk_path].levels
    answers = [dict(answers_of(couple.a)) for couple in couples]
    pairs = [(conflict.index(a["conflict.level"]), talk.index(a[talk_path])) for a in answers if talk_path in a]

    assert correlation(*zip(*pairs, strict=True)) < -0.3


def test_some_partners_answer_alone(couples: list[SampledCouple]) -> None:
    assert 0.15 < sum(couple.b is None for couple in couples) / len(couples) < 0.21


def test_partners_agree_about_what_they_share(couples: list[SampledCouple]) -> None:
    for path in ("circumstances.living", "circumstances.children_at_home"):
        pairs = both_answer(couples, path)
        assert pairs
        assert all(a == b for a, b in pairs)


def test_every_level_of_every_answer_occurs(couples: list[SampledCouple]) -> None:
    seen: dict[str, set[object]] = {path: set() for path in ANSWERS}
    for couple in couples:
        for path, value in answers_of(couple.a):
            plain = value if isinstance(value, frozenset) else value.values() if isinstance(value, dict) else [value]
            seen[path].update(plain)
    for path, values in seen.items():
        if path != "keep_private" and (ANSWERS[path].levels or ANSWERS[path].shape == "yes_no"):
            assert set(values_of(path)) <= values, path


def test_a_sampled_report_is_one_that_the_api_takes(couples: list[SampledCouple]) -> None:
    shape: TypeAdapter[Any] = TypeAdapter(SelfReportIn)
    for couple in couples[:200]:
        for report in couple[1:]:
            if report is not None:
                posted = as_posted(report)
                assert as_posted(shape.validate_python(posted)) == posted


def test_an_answer_that_is_not_declared_is_drawn_evenly(tmp_path: Path) -> None:
    text = POPULATION.read_text(encoding="utf-8")
    start = text.index("  communication.ease:")
    file = tmp_path / "population.yaml"
    file.write_text(text[:start] + text[text.index("  communication.silence:") :], encoding="utf-8")

    couples = sample_couples(range(300), population=read_population(file))

    eases = Counter(couple.a.communication.ease for couple in couples if couple.a.communication)
    assert all(eases[level] > 25 for level in ("strained", "effortful", "easy"))


@pytest.mark.parametrize(
    ("part", "becomes", "message"),
    [
        ("conflict.level:\n    given", "conflict.levl:\n    given", "`conflict.levl` is none of"),
        ("rare: 33", "rarely: 33", "`rarely` is none of rare"),
        ("follows: { strain: 8 }", "follows: { strains: 8 }", "`strains` is none of"),
    ],
)
def test_a_population_with_an_unknown_name_is_refused(tmp_path: Path, part: str, becomes: str, message: str) -> None:
    text = POPULATION.read_text(encoding="utf-8")
    assert part in text
    file = tmp_path / "population.yaml"
    file.write_text(text.replace(part, becomes, 1), encoding="utf-8")

    with pytest.raises(UnusablePopulation, match=message):
        read_population(file)


def test_no_couple_draws_more_than_there_is(couples: list[SampledCouple], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every answer is given, chance is asked for most often."""
    monkeypatch.setattr(sampling, "_chance", lambda _, draw: draw() >= 0)

    assert len(list(sample_couples(range(20)))) == 20


def test_the_population_says_that_it_is_made_up() -> None:
    text = POPULATION.read_text(encoding="utf-8")

    assert "origin: product" in text
    assert "is_synthetic: true" in text
