from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.diagnostics import ContentError, Diagnostic, Location
from app.rulesets.load import CONTENT, load_ruleset

SEVEN = {
    "activities/everyday_moments.yaml": ("  minutes: 10\n", "  minutes: 9999\n"),
    "claims.yaml": ("    support: asserted\n", "    support: assertd\n"),
    "help/GB.yaml": ('verified_on: "2026-11-22"', 'verified_on: "today"'),
    "phrases.yaml": ("not_therapy:", "no_therapy:"),
    "rules/more.yml": "title: lost\n",
    "rules/no-surprises.yaml": ("- hurtful == often", "- hurtfull == often"),
    "rules/structure-first.yaml": ("title: Begin", 'title: "Begin'),
}


def test_all_mistakes_in_all_files_are_named_at_once_and_in_order(mistakes_after: Callable[..., list[str]]) -> None:
    named = [mistake.split(":")[0] for mistake in mistakes_after(SEVEN)]

    assert list(dict.fromkeys(named)) == list(SEVEN)
    assert len(named) == len(SEVEN) + 1, "a phrase by another name is missing, and is one that nobody knows"


def test_mistakes_are_sorted_by_file_then_line() -> None:
    later, sooner = Diagnostic(Location("b.yaml", 10), "late"), Diagnostic(Location("b.yaml", 9), "soon")
    error = ContentError([later, Diagnostic(Location("c.yaml"), "last"), sooner, later])

    assert [mistake.reason for mistake in error.mistakes] == ["soon", "late", "last"]


def test_no_folder_is_as_many_mistakes_as_there_are_files(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        load_ruleset(tmp_path / "nowhere")

    assert {mistake.place.file for mistake in caught.value.mistakes} == {
        *("claims.yaml", "findings.yaml", "insights.yaml", "phrases.yaml", "properties.yaml", "questions.yaml"),
        *("rules", "strategies.yaml", "support.yaml", "consents.yaml", "labels.yaml"),
        *("choosing.yaml", "openings.yaml", "paths.yaml"),
    }


def test_the_digest_is_the_same_at_every_reading(few: Path, few_with: Callable[..., Path]) -> None:
    digest = load_ruleset(few).digest

    assert digest.startswith("sha256:")
    assert load_ruleset(few).digest == digest
    assert load_ruleset(few_with({})).digest == digest


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"rules/no-surprises.yaml": ("says: Not", "says: Now is not")}, id="a text of a rule"),
        pytest.param({"rules/no-surprises.yaml": ("status: draft", "status: reviewed")}, id="a status"),
        pytest.param({"rules/no-surprises.yaml": ("note: Our own", "note: Our")}, id="a note"),
        pytest.param({"rules/structure-first.yaml": ("need: strong", "need: slight")}, id="a need"),
        pytest.param({"rules/structure-first.yaml": ("grade: A,", "grade: B,")}, id="a grade"),
        pytest.param({"rules/structure-first.yaml": None}, id="a rule less"),
        pytest.param({"insights.yaml": ("talk == strained", "talk >= strained")}, id="a condition said in another way"),
        pytest.param({"findings.yaml": (">= 1\n", ">= 1.25\n")}, id="a cut point"),
        pytest.param({"findings.yaml": ("partial: 2", "partial: 1")}, id="a gap"),
        pytest.param({"activities/everyday_moments.yaml": ("minutes: 10", "minutes: 11")}, id="minutes"),
        pytest.param({"activities/everyday_moments.yaml": ("Let the quiet be", "Be quiet")}, id="a step"),
        pytest.param({"help/GB.yaml": ("0808", "0809")}, id="a help line"),
        pytest.param({"help/GB.yaml": ("2027", "2028")}, id="a day of review"),
        pytest.param({"questions.yaml": ("ask_every_days: 14", "ask_every_days: 13")}, id="how often is asked"),
    ],
)
def test_the_digest_changes_with_anything_that_is_said_or_decided(
    few: Path, few_with: Callable[..., Path], changes: dict[str, object]
) -> None:
    assert load_ruleset(few_with(changes)).digest != load_ruleset(few).digest


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"rules/no-surprises.yaml": ("status:", "# A remark.\nstatus:")}, id="a remark"),
        pytest.param({"rules/no-surprises.yaml": ("says: Not the", "says: >-\n  Not\n  the")}, id="a line broken"),
        pytest.param({"words.yaml": ("avoid:\n", "avoid:\n  zebra: no zebras\n")}, id="a word to avoid"),
        pytest.param({"rules/.hidden": "left by an editor"}, id="a hidden file"),
    ],
)
def test_the_digest_stays_where_nothing_else_is_said_or_decided(
    few: Path, few_with: Callable[..., Path], changes: dict[str, object]
) -> None:
    assert load_ruleset(few_with(changes)).digest == load_ruleset(few).digest


def test_each_text_knows_where_it_stands(few: Path) -> None:
    library = load_ruleset(few)

    assert library.places.keys() == library.texts["en"].keys()
    assert library.places["rules/no-surprises/says"] == Location("rules/no-surprises.yaml", 6, 7)
    assert library.places["activities/quiet-tea/steps/1"] == Location("activities/everyday_moments.yaml", 6, 7)


def test_the_content_of_this_repository_is_the_default() -> None:
    assert CONTENT.name == "content"
    assert (CONTENT / "claims.yaml").is_file()
