import pytest

from app.rulesets.library import Library
from app.rulesets.load import load_ruleset


@pytest.fixture(scope="session")
def library() -> Library:
    return load_ruleset()
