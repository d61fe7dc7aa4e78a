import pytest

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import Program
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset


@pytest.fixture(scope="session")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="session")
def program(library: Library) -> Program:
    return library.program


@pytest.fixture(scope="session")
def renderer(library: Library) -> Renderer:
    return Renderer(library, "en")
