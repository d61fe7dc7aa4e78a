import pytest

from app.rulesets.load import CONTENT
from verification import looks_at_changes, random_search
from verification.prove_command import prove


def test_it_says_what_holds_and_how_far() -> None:
    said: list[str] = []

    assert prove(CONTENT, said.append, only=["a-tender-season-is-gentle"])

    assert said[0].startswith("holds   a-tender-season-is-gentle (solver and cells; ")
    assert said[-1].startswith("1 of 1 properties hold: ")


def test_a_long_run_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_search, "PIECE", 10)
    monkeypatch.setattr(random_search, "_SAID_EVERY", 20)
    said: list[str] = []

    assert prove(CONTENT, said.append, only=["the-list-is-fair"], pairs=40)

    assert [line.partition(",")[0] for line in said[:2]] == [
        "        20 of 40 random pairs",
        "        40 of 40 random pairs",
    ]
    assert said[2].startswith("holds   the-list-is-fair (argument and random; 40 inputs; ")


def test_a_long_run_says_at_once_what_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_search, "PIECE", 10)
    monkeypatch.setattr(random_search, "_SAID_EVERY", 20)
    monkeypatch.setattr(looks_at_changes, "explain", None)
    said: list[str] = []

    assert not prove(CONTENT, said.append, only=["a-change-does-what-it-says"], pairs=40)

    assert said[0].endswith(", BROKEN so far: a-change-does-what-it-says")


def test_an_id_that_no_property_has_is_named_with_the_nearest() -> None:
    with pytest.raises(LookupError, match="did you mean `a-tender-season-is-gentle`"):
        prove(CONTENT, lambda _: None, only=["a-tender-season-is-gentel"])
