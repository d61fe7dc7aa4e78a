"""Below a path of a host that it shares: every link and address leads back to this server."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.api.http.prefix import BelowPath
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.people import REPORT, Integrator

ROOT = "/apps/rekindle"
# Not in a sentence: a text that names an operation names it as the document does.
LINK = re.compile(r"""(?:["']|https?://testserver)(/[a-z][^"'<> ]*)["']|<(/[^>]+)>;""")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def stored_app(database_url: str, rulesets: ActiveRuleset, tmp_path: Path) -> FastAPI:
    url = database_url.replace("+aiosqlite", "")
    given = {"database_url": url, "key_file": tmp_path / "rekindle.keys", "root_path": ROOT}
    return create_app(Settings.model_validate(given), rulesets, clock=clock.now)


def links_of(answer: Any) -> list[str]:
    told = [answer.text, *(f'"{answer.headers.get(name, "")}"' for name in ("location", "link"))]
    return [found[1] or found[2] for text in told for found in LINK.finditer(text)]


def check_links(integrator: Integrator, prefix: str) -> None:
    """Ask for everything that has links: with the prefix in the path, and where the proxy has taken it off."""
    client, person = integrator.client, integrator.add(country="GB")
    integrator.add()
    page = integrator.get(f"{prefix}/v1/partners?limit=1")
    calendar = person.post(f"{prefix}/v1/me/calendar")
    answers = [
        *(client.get(f"{prefix}{path}") for path in ("/", "/nowhere", "/problems", "/problems/not-found", "/docs")),
        client.get(f"{prefix}/problems", headers={"Accept": "text/html"}),
        client.post(f"{prefix}/v1/recommendations", json={"reports": {"a": REPORT}, "country": "GB"}),
        integrator.post(f"{prefix}/v1/partners", {"adult": True}),
        integrator.post(f"{prefix}/v1/couples", {"partner": person.id}),
        page,
        person.post(f"{prefix}/v1/me/reports", REPORT),
        person.get(f"{prefix}/v1/me/view"),
        person.post(f"{prefix}/v1/me/feedback", {"activity": "evening-walk", "outcome": "skipped"}),
        calendar,
    ]
    for answer in answers:
        links = links_of(answer)
        assert links, (answer.request.url, answer.text)
        assert all(link.startswith(f"{ROOT}/") for link in links), (answer.request.url, links)
    document = client.get(f"{prefix}/openapi.json").json()
    assert document["servers"][0]["url"] == ROOT
    [following] = re.findall("<(.*?)>", page.headers["link"])
    assert integrator.get(following).status_code == 200
    assert client.get(calendar.json()["url"]).status_code == 200


@pytest.mark.parametrize("prefix", ["", ROOT])
def test_every_link_leads_below_the_prefix(integrator: Integrator, prefix: str) -> None:
    check_links(integrator, prefix)


def test_a_link_that_leads_beside_it_would_be_found(integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.api.integrators.couples.root_of", lambda _request: "")

    with pytest.raises(AssertionError, match="/v1/couples"):
        check_links(integrator, ROOT)


def test_the_prefix_alone_is_the_entrance(integrator: Integrator) -> None:
    assert integrator.client.get(ROOT).json()["links"]["help"] == f"{ROOT}/v1/help"


def test_what_only_begins_like_the_prefix_is_not_below_it() -> None:
    below = BelowPath(lambda *_: None, root="/a")  # type: ignore[arg-type]

    assert [below._whole(path) for path in ("/ab", "/a/b", "/a", "/")] == ["/a/ab", "/a/b", "/a/", "/a/"]


@pytest.mark.parametrize("public", ["https://couples.example", f"https://couples.example{ROOT}/"])
def test_a_public_address_has_the_prefix_once(integrator: Integrator, stored_app: FastAPI, public: str) -> None:
    person = integrator.add()
    stored_app.state.settings = Settings.model_validate({"public_url": public, "root_path": ROOT})

    url = person.post("/v1/me/calendar").json()["url"]

    assert url.startswith(f"https://couples.example{ROOT}/v1/calendars/")
