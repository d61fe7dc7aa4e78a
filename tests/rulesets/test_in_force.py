from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.in_force import RulesetInForce
from app.rulesets.library import Library
from app.rulesets.mistakes import ContentError

RULE = "rules/no-surprises.yaml"


def test_a_reload_puts_the_changed_content_in_force(
    few_with: Callable[..., Path], change: Callable[[Path, dict[str, object]], None]
) -> None:
    root = few_with({})
    in_force = RulesetInForce(root)
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
    in_force = RulesetInForce(root)
    before = in_force.current
    change(root, {RULE: ("hurtful == often", "hurtful == oftn")})

    with pytest.raises(ContentError, match="did you mean `often`"):
        in_force.reload()

    assert in_force.current is before


def test_nothing_comes_into_force_that_was_never_good(few_with: Callable[..., Path]) -> None:
    with pytest.raises(ContentError):
        RulesetInForce(few_with({RULE: ""}))


def test_without_a_folder_the_content_of_the_package_is_in_force(library: Library) -> None:
    assert RulesetInForce().current.digest == library.digest
