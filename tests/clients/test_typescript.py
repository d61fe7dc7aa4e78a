"""The client for TypeScript, packed and installed as anybody would, compiles with --strict and works."""

import json
from pathlib import Path

import pytest

from tests.clients.conftest import FIRST_REQUEST, WALKED
from tests.node_tools import CLIENT, packed_client, run

SOURCES = Path(__file__).parent / "typescript"


@pytest.fixture(scope="module")
def project(description: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project into which the packed client has been installed, without a network."""
    tarball = packed_client(description, tmp_path_factory.mktemp("packed"))
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
    run("npm", "install", "--offline", "--no-audit", "--no-fund", tarball, cwd=folder)
    for source in SOURCES.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    return folder


def test_it_needs_nothing_else(project: Path) -> None:
    installed = {path.name for path in (project / "node_modules").iterdir() if not path.name.startswith(".")}
    package = json.loads((project / "node_modules" / "@rekindle" / "client" / "package.json").read_text("utf-8"))

    assert installed == {"@rekindle"}
    assert "dependencies" not in package


def test_two_partners_walk_the_journey(project: Path, server: str, api_key: str) -> None:
    run(CLIENT / "node_modules" / ".bin" / "tsc", "--project", project, cwd=project)

    said = json.loads(run("node", "compiled/journey.js", server, FIRST_REQUEST, api_key, cwd=project))

    assert said == WALKED


def test_it_behaves_on_a_bad_line(project: Path) -> None:
    run("node", "--test", "behaviour.test.mjs", cwd=project)
