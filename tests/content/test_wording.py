import pytest

from app.rulesets.library import Library
from app.rulesets.review import HIGHEST_GRADE, check_content


@pytest.mark.thorough  # `make test` runs `rekindle check`, which is the same
def test_nothing_is_left_to_do_before_this_content_is_shown_to_anyone(library: Library) -> None:
    """Reading level, word list, coverage, claims, stops, bounds, titles, and that every rule can fire."""
    assert HIGHEST_GRADE == 8.0
    assert check_content().digest == library.digest
