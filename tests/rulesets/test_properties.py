"""Properties are read as strictly as rules: each mistake with its place and the nearest right word."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.engine.ruleset import Need
from app.rulesets.load import load_ruleset

FILE = "properties.yaml"

MISTAKES = [
    pytest.param("kind: called_for", "kind: caled_for", "4:9: `caled_for` is not known here; did you mean"),
    pytest.param("talk == strained", "takl == strained", "7:16: there is no finding `takl`; did you mean `talk`?"),
    pytest.param("need: moderate", "need: moderately", "did you mean `moderate`?"),
    pytest.param("[communication_exercises]", "[comunication_exercises]", "did you mean `communication_exercises`?"),
    pytest.param("means: [solver, cells]", "means: [solver, sells]", "did you mean `cells`?"),
    pytest.param("means: [solver, cells]", "means: []", "a property says by which `means` it is shown"),
    pytest.param("means: [solver, cells]", "means: [argument]", "`argument` is missing"),
    pytest.param("  covers: Every pair of reports.\n", "", "`covers` is missing"),
    pytest.param(
        "practices: [communication_exercises], ", "", "a case names `practices`, `purposes`, `asks` or `strategies`"
    ),
    pytest.param("  kind: called_for", "  sort: x\n  kind: called_for", "there is no key `sort` here"),
    pytest.param("  kind: called_for", "  kind: rises", "`pairs` is missing"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_a_mistake_in_a_property_has_its_place_and_the_nearest_word(
    mistakes_after: Callable[[Mapping[str, object]], list[str]], old: str, new: str, said: str
) -> None:
    found = mistakes_after({FILE: (old, new)})

    assert any(mistake.startswith(f"{FILE}:") and said in mistake for mistake in found), found


def test_a_property_is_read_as_it_is_written(few: Path) -> None:
    (wanted,) = load_ruleset(few).properties

    assert (wanted.id, wanted.kind, wanted.means) == ("structure-in-hard-talk", "called_for", ("solver", "cells"))
    (case,) = wanted.cases
    assert case.practices == ("communication_exercises",)
    assert case.need is Need.moderate


def test_a_property_is_part_of_what_is_digested(few_with: Callable[[Mapping[str, object]], Path], few: Path) -> None:
    changed = load_ruleset(few_with({FILE: ("need: moderate", "need: slight")}))

    assert changed.digest != load_ruleset(few).digest
