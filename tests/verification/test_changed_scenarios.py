from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.load import CONTENT
from verification import changed_scenarios
from verification.changed_scenarios import say_scenarios

RULE = "rules/a-cause-in-common.yaml"
Change = Callable[[dict[str, object]], Path]


def lines_of(folder: Path, *, rule: str | None = None) -> list[str]:
    lines: list[str] = []
    assert say_scenarios(folder, lines.append, rule=rule)
    return lines


def test_what_a_change_turns_is_listed_scenario_by_scenario(content_with: Change) -> None:
    lines = lines_of(content_with({RULE: ("need: strong", "need: moderate")}))

    count = int(lines[0].split()[3])
    assert 0 < count < 60
    before, after = (f"{{ help_someone: {need}, join_a_cause: {need} }}" for need in ("strong", "moderate"))
    assert f"    suggested: {before} -> {after}" in lines
    assert lines[-1].endswith("scenarios stand at the lines that the rules draw.")


def test_scenarios_in_which_a_rule_fires_are_printed_with_what_they_are_for() -> None:
    lines = lines_of(CONTENT, rule="a-cause-in-common")

    assert any(line.startswith("    “") and "fires: purpose is wanted" in line for line in lines)


def test_content_that_was_never_released_has_nothing_to_be_compared_with(content_with: Change) -> None:
    assert len(lines_of(content_with({"releases": None}))) == 1


@pytest.mark.thorough
def test_mistakes_that_no_scenario_shows_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(changed_scenarios, "fates", lambda *_: iter(()))

    assert say_scenarios(CONTENT, lines.append, mutants=True)
    assert lines[-1] == "0 of 0 mutants of the rules are seen; 0 more are equivalent."
