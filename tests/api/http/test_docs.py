import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.client import TestClient

WEB = Path(__file__).parents[3] / "app" / "web"


def test_the_page_loads_nothing_from_another_host(client: TestClient) -> None:
    page = client.get("/docs")

    assert page.headers["content-type"].startswith("text/html")
    linked = re.findall(r'(?:src|href|data-document)="([^"]+)"', page.text)
    assert "/openapi.json" in linked
    assert not [address for address in linked if re.match(r"https?:|//", address)]
    for address in linked:
        assert address.startswith("data:") or client.get(address).status_code == 200


def test_the_browser_is_told_to_load_nothing_from_another_host(client: TestClient) -> None:
    policy = client.get("/docs").headers["content-security-policy"]

    assert policy.startswith("default-src 'self';")
    assert not re.search(r"https?:|\*|script-src|unsafe-eval", policy)


def test_the_description_is_sent_to_no_validator(client: TestClient) -> None:
    start = client.get("/docs/start.js").text

    assert "validatorUrl: null" in start
    assert "persistAuthorization: false" in start
    assert "http" not in start


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
def test_swagger_ui_comes_from_its_package_as_the_package_was_made(client: TestClient, name: str) -> None:
    recorded = {file.name: file.hash for file in distribution("fastapi-swagger").files or [] if file.hash}
    digest = sha256(client.get(f"/docs/{name}").content).digest()

    assert recorded[name].value == urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_nothing_that_others_wrote_stands_in_our_folder() -> None:
    assert sorted(file.name for file in WEB.rglob("*")) == ["docs.html", "page.css", "problem.html", "start.js"]


@pytest.mark.parametrize(
    ("name", "kind"), [("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css")]
)
def test_files_are_kept_by_browsers(client: TestClient, name: str, kind: str) -> None:
    answer = client.get(f"/docs/{name}")

    assert answer.headers["content-type"].startswith(kind)
    assert "max-age=86400" in answer.headers["cache-control"]
    assert client.get(f"/docs/{name}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", ["VERSION", "..%2Fmain.py", "%2e%2e%2fmain.py", "swagger-ui", "x"])
def test_no_other_file_is_sent(client: TestClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


def test_behind_a_prefix_the_page_points_below_it(connect: Callable[..., TestClient]) -> None:
    assert 'data-document="/rekindle/openapi.json"' in connect(root_path="/rekindle").get("/docs").text
