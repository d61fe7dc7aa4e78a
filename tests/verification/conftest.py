import pytest

from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from verification.boundaries import generate
from verification.scenarios import Suite


@pytest.fixture(scope="session")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="session")
def suite(library: Library) -> Suite:
    """The boundary scenarios of the shipped content."""
    return generate(library)
