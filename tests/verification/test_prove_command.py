import pytest
import typer

from app.rulesets.load import CONTENT
from verification import looks_at_changes, random_search
from verification.commands.prove import run


def test_it_says_what_holds_and_how_far(capsys: pytest.CaptureFixture[str]) -> None:
    run(CONTENT, only=["a-tender-season-is-gentle"])

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("holds   a-tender-season-is-gentle (solver and cells; ")
    assert said[-1].startswith("1 of 1 properties hold: ")


def test_a_long_run_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(random_search, "PIECE", 10)
    monkeypatch.setattr(random_search, "_SAID_EVERY", 20)

    run(CONTENT, only=["the-list-is-fair"], random=40)

    said = capsys.readouterr().out.splitlines()
    assert [line.partition(",")[0] for line in said[:2]] == [
        "        20 of 40 random pairs",
        "        40 of 40 random pairs",
    ]
    assert said[2].startswith("holds   the-list-is-fair (argument and random; 40 inputs; ")


def test_a_long_run_says_at_once_what_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(random_search, "PIECE", 10)
    monkeypatch.setattr(random_search, "_SAID_EVERY", 20)
    monkeypatch.setattr(looks_at_changes, "explain", None)

    with pytest.raises(typer.Exit):
        run(CONTENT, only=["a-change-does-what-it-says"], random=40)

    assert capsys.readouterr().out.splitlines()[0].endswith(", BROKEN so far: a-change-does-what-it-says")


def test_an_id_that_no_property_has_is_named_with_the_nearest() -> None:
    with pytest.raises(typer.BadParameter, match="did you mean `a-tender-season-is-gentle`"):
        run(CONTENT, only=["a-tender-season-is-gentel"])
