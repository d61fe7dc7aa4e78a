from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.load import CONTENT
from verification.commands import scenarios

RULE = "rules/a-cause-in-common.yaml"
Change = Callable[[dict[str, object]], Path]
Lines = Callable[..., list[str]]


@pytest.fixture
def lines_of(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Run the command on a folder, and return the lines that it prints."""

    def lines(folder: Path, *, rule: str | None = None, mutants: bool = False) -> list[str]:
        scenarios.run(folder, rule=rule, try_mutants=mutants)
        return capsys.readouterr().out.splitlines()

    return lines


def test_what_a_change_turns_is_listed_scenario_by_scenario(content_with: Change, lines_of: Lines) -> None:
    lines = lines_of(content_with({RULE: ("need: strong", "need: moderate")}))

    count = int(lines[0].split()[3])
    assert 0 < count < 60
    before, after = (f"{{ help_someone: {need}, join_a_cause: {need} }}" for need in ("strong", "moderate"))
    assert f"    suggested: {before} -> {after}" in lines
    assert lines[-1].endswith("scenarios stand at the lines that the rules draw.")


@pytest.mark.thorough
def test_scenarios_in_which_a_rule_fires_are_printed_with_what_they_are_for(lines_of: Lines) -> None:
    lines = lines_of(CONTENT, rule="a-cause-in-common")

    assert any(line.startswith("    “") and "fires: purpose is wanted" in line for line in lines)


@pytest.mark.thorough
def test_content_that_was_never_released_has_nothing_to_be_compared_with(content_with: Change, lines_of: Lines) -> None:
    assert len(lines_of(content_with({"releases": None}))) == 1


@pytest.mark.thorough
def test_mistakes_that_no_scenario_shows_are_named(monkeypatch: pytest.MonkeyPatch, lines_of: Lines) -> None:
    monkeypatch.setattr(scenarios, "mutants", lambda _: ())

    assert lines_of(CONTENT, mutants=True)[-1] == "0 of 0 mutants of the rules are seen; 0 more are equivalent."
