import pytest

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset


@pytest.fixture(scope="session")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="session")
def compiled(library: Library) -> CompiledRuleset:
    return library.compiled


@pytest.fixture(scope="session")
def renderer(library: Library) -> Renderer:
    return Renderer(library, "en")
