import re
from html.parser import HTMLParser

import pytest

from app.api.http.problem_pages import problem_classes
from tests.client import TestClient

CODES = problem_classes()


def test_the_list_names_every_problem(client: TestClient) -> None:
    answer = client.get("/problems")

    assert {one["code"] for one in answer.json()["data"]} == set(CODES)
    assert answer.json()["has_more"] is False


@pytest.mark.parametrize("code", CODES)
def test_every_problem_has_a_page_for_people_and_one_for_programs(client: TestClient, code: str) -> None:
    path = f"/problems/{code.replace('_', '-')}"

    described = client.get(path).json()
    page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})

    assert described["type"] == path
    assert described["code"] == code
    assert page.headers["content-type"].startswith("text/html")
    assert described["title"].replace("'", "&#x27;") in page.text
    assert "style-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"https?://", page.text)
    HTMLParser().feed(page.text)


@pytest.mark.parametrize("code", CODES)
def test_every_problem_says_what_it_means_and_what_to_do(code: str) -> None:
    kind = CODES[code]

    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert 400 <= kind.status <= 599
    assert kind.meaning.endswith(".")
    assert kind.remedy.endswith(".")
    assert kind.title[0].isupper()
    assert not kind.title.endswith(".")


def test_the_page_varies_with_what_is_accepted(client: TestClient) -> None:
    assert client.get("/problems").headers["vary"] == "Accept, Accept-Encoding"
    tags = {client.get("/problems", headers={"Accept": kind}).headers["etag"] for kind in ("text/html", "*/*")}
    assert len(tags) == 2


def test_an_unknown_problem_is_itself_a_problem(client: TestClient) -> None:
    assert client.get("/problems/no-such-one").json()["code"] == "not_found"


def test_two_problems_never_share_a_code() -> None:
    kinds = list(CODES.values())

    assert len({kind.code for kind in kinds}) == len(kinds)
