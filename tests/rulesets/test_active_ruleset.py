import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.durable_file import write_whole
from app.rulesets.active_ruleset import (
    ActiveRuleset,
    NothingBefore,
    activate,
    active_version,
    describe,
    load_head,
    rollback,
)
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.proofs import Proofs, Proved
from app.rulesets.releases import file_of, is_proved
from verification.release_file import open_ruleset, publish, with_version

RULE = "rules/no-surprises.yaml"
DAY = date(2026, 11, 23)
Change = Callable[[Path, dict[str, object]], None]


def test_a_reload_puts_the_changed_content_in_force(
    few_with: Callable[..., Path], change: Callable[[Path, dict[str, object]], None]
) -> None:
    root = few_with({})
    in_force = ActiveRuleset(root)
    before = in_force.current
    change(root, {RULE: ("says: Not the moment", "says: Not yet the moment")})

    reloaded = in_force.reload()

    assert in_force.current is reloaded
    assert reloaded.texts["en"]["rules/no-surprises/says"] == "Not yet the moment for this one."
    assert reloaded.digest != before.digest


def test_a_reload_that_fails_keeps_the_last_good_ruleset_in_force(
    few_with: Callable[..., Path], change: Callable[[Path, dict[str, object]], None]
) -> None:
    root = few_with({})
    in_force = ActiveRuleset(root)
    before = in_force.current
    change(root, {RULE: ("hurtful == often", "hurtful == oftn")})

    with pytest.raises(ContentError, match="did you mean `often`"):
        in_force.reload()

    assert in_force.current is before


def test_nothing_comes_into_force_that_was_never_good(few_with: Callable[..., Path]) -> None:
    with pytest.raises(ContentError):
        ActiveRuleset(few_with({RULE: ""}))


def test_without_a_folder_the_content_of_the_package_is_in_force(library: Library) -> None:
    assert ActiveRuleset().current.digest == library.digest


# Releases


@pytest.fixture
def two(few_with: Callable[..., Path], change: Change) -> Path:
    """Content that is released as 1 and, with another text, as 2; the files are those of 2."""
    root = few_with({})
    publish(root, with_version(load_ruleset(root), "1"), DAY)
    change(root, {RULE: ("says: Not the moment", "says: Not yet the moment")})
    publish(root, with_version(load_ruleset(root), "2"), DAY)
    return root


def test_the_files_decide_until_something_else_is_said(two: Path) -> None:
    assert ActiveRuleset(two).current.version == "2"
    assert active_version(two) == ("files", None)


def test_a_setting_decides_over_the_pointer_and_the_pointer_over_the_files(two: Path) -> None:
    activate(two, "1")

    assert ActiveRuleset(two).current.version == "1"
    assert ActiveRuleset(two, "2").current.version == "2"
    assert ActiveRuleset(two, "files").current.version == "2"


def test_a_switch_is_taken_up_at_the_next_reload_and_goes_back_in_one_step(two: Path) -> None:
    in_force = ActiveRuleset(two)
    activate(two, "1")
    activate(two, "1")
    assert in_force.current.version == "2"
    assert in_force.reload().version == "1"

    assert rollback(two).version == "2"
    assert in_force.reload().version == "2"
    assert rollback(two).version == "1"


def test_there_is_nothing_to_go_back_to_before_the_first_switch(two: Path) -> None:
    with pytest.raises(NothingBefore):
        rollback(two)


def test_a_switch_that_breaks_off_leaves_the_former_one_in_force(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(two, "1")

    def break_off(_: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", break_off)
    with pytest.raises(OSError, match="the disk is full"):
        activate(two, "2")

    assert active_version(two) == ("1", "files")
    assert sorted(file.name for file in (two / "releases").iterdir()) == ["1.json", "2.json", "in-force"]


def test_a_release_that_cannot_be_used_is_never_put_in_force(two: Path) -> None:
    damage(two, "2")
    for version in ("2", "3"):
        with pytest.raises(ContentError):
            activate(two, version)

    assert active_version(two) == ("files", None)


def test_a_damaged_release_leaves_the_last_good_one_in_force(two: Path) -> None:
    in_force = ActiveRuleset(two, "1")
    before = in_force.current
    damage(two, "1")

    with pytest.raises(ContentError, match="was changed after it was released"):
        in_force.reload()

    assert in_force.current is before
    with pytest.raises(ContentError):
        ActiveRuleset(two, "1")


def test_a_release_that_went_away_leaves_the_last_good_one_in_force(two: Path) -> None:
    in_force = ActiveRuleset(two, "1")
    file_of(two, "1").unlink()

    with pytest.raises(ContentError, match="there is no release 1"):
        in_force.reload()

    assert in_force.current.version == "1"


@pytest.mark.parametrize("written", [b"", b"\n", b"\xff"])
def test_a_pointer_that_names_nothing_is_refused_and_can_be_written_anew(two: Path, written: bytes) -> None:
    (two / "releases" / "in-force").write_bytes(written)
    with pytest.raises(ContentError, match="this names no release"):
        ActiveRuleset(two)

    activate(two, "1")

    assert ActiveRuleset(two).current.version == "1"


def test_a_pointer_with_one_line_has_nothing_before_it(two: Path) -> None:
    write_whole(two / "releases" / "in-force", b"1\n")

    assert active_version(two) == ("1", None)


def test_the_files_can_be_put_in_force_where_there_was_never_a_release(few_with: Callable[..., Path]) -> None:
    root = few_with({})
    assert activate(root, "files").digest == load_ruleset(root).digest
    assert active_version(root) == ("files", None)


# What a request may pin


def damage(root: Path, version: str) -> None:
    file = file_of(root, version)
    file.write_bytes(file.read_bytes().replace(b"2026-11-23", b"2026-11-22"))


def test_every_release_that_is_there_may_be_pinned(two: Path) -> None:
    in_force = ActiveRuleset(two)
    one = in_force.find("1")

    assert one is not None
    assert one.version == "1"
    assert in_force.find("1") is one, "opened once, it is kept"
    assert in_force.find("2") is in_force.current, "the files are as they were released"
    assert in_force.find("3") is None
    assert [each.version for each in in_force.present()] == ["1", "2"]
    assert in_force.present() == in_force.present()


def test_what_is_in_force_may_be_pinned_without_being_released(few_with: Callable[..., Path]) -> None:
    in_force = ActiveRuleset(few_with({}))

    assert in_force.find(in_force.current.version) is in_force.current
    assert [each.released_on for each in in_force.present()] == [None]


def test_files_that_differ_from_the_release_of_their_version_go_by_another_name(two: Path, change: Change) -> None:
    change(two, {RULE: ("says: Not yet the moment", "says: Hardly the moment")})
    in_force = ActiveRuleset(two)
    released = in_force.find("2")

    assert in_force.current.version == in_force.current.compiled.ruleset.version == "2+edited"
    assert in_force.find("2+edited") is in_force.current
    assert released is not None
    assert released.version == "2"
    assert released.digest != in_force.current.digest
    assert [each.version for each in in_force.present()] == ["1", "2", "2+edited"]


def test_a_damaged_release_is_not_listed_and_says_so_when_it_is_asked_for(two: Path) -> None:
    in_force = ActiveRuleset(two)
    damage(two, "1")

    assert [each.version for each in in_force.present()] == ["2"]
    with pytest.raises(ContentError):
        in_force.find("1")
    damage(two, "2")
    assert load_head(two).version == "2+edited", "nobody can tell any more"


def test_a_release_made_while_the_server_runs_is_there_at_once(two: Path) -> None:
    in_force = ActiveRuleset(two)
    publish(two, with_version(load_ruleset(two), "3"), DAY)

    assert [each.version for each in in_force.present()] == ["1", "2", "3"]
    assert in_force.find("3") is not None


def test_files_that_are_what_was_released_are_proved_as_the_release_is(few_with: Callable[..., Path]) -> None:
    root = few_with({})
    head = with_version(load_ruleset(root), "1")
    shown = {wanted.id: Proved(holds=True, cells=1, inputs=1, seconds=1.0) for wanted in head.properties}
    publish(root, replace(head, proofs=Proofs(head.digest, "2026-11-23", "z3", shown)), DAY)

    assert load_head(root).proofs == ActiveRuleset(root, "1").current.proofs
    assert is_proved(load_head(root))


# The command line


def test_a_ruleset_is_opened_by_its_version_or_its_folder(two: Path, few: Path) -> None:
    assert open_ruleset(two, "1").version == "1"
    assert open_ruleset(two, "files").version == "2"
    assert open_ruleset(two, str(few)).digest == load_ruleset(few).digest
    with pytest.raises(ContentError, match="there is no release 7"):
        open_ruleset(two, "7")


def test_a_list_marks_what_decides_and_names_what_is_damaged(two: Path) -> None:
    activate(two, "1")
    damage(two, "2")

    files, one, damaged = describe(two)

    assert files.startswith("  files  2+edited  not proved  sha256:")
    assert one.startswith("* 1  2026-11-23  not proved  sha256:")
    assert damaged.startswith("  2: releases/2.json:1:1: this was changed")
    assert next(describe(two, "files")).startswith("* files")
