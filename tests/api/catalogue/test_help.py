from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.api.catalogue.help import help_out
from app.rulesets.active_ruleset import ActiveRuleset
from tests.client import TestClient


def test_a_country_has_its_own_lines_first_and_the_directory_last(client: TestClient) -> None:
    answer = client.get("/v1/help?country=US").json()

    assert answer["country"] == "US"
    assert answer["text"] is None
    countries = [line["country"] for line in answer["data"]]
    assert countries == ["US"] * (len(countries) - 1) + [None]
    assert {kind for line in answer["data"] for kind in line["kinds"]} == {"crisis", "danger", "concern", "own_acts"}


@pytest.mark.parametrize(("spelled", "meant"), [("us", "US"), ("gb", "GB"), ("UK", "GB"), ("uk", "GB"), (" us ", "US")])
def test_a_country_may_be_spelled_in_several_ways(client: TestClient, spelled: str, meant: str) -> None:
    answer = client.get("/v1/help", params={"country": spelled})

    assert answer.json()["country"] == meant
    assert answer.content == client.get("/v1/help", params={"country": meant}).content


@pytest.mark.parametrize("country", [None, "", "ZZ", "USA", "united states", "\x00", "%", "🏳", "x" * 4000])
def test_without_a_line_there_is_the_directory_and_a_word_about_danger(client: TestClient, country: str | None) -> None:
    answer = client.get("/v1/help", params={} if country is None else {"country": country})

    assert answer.status_code == 200
    assert answer.json()["country"] is None
    assert "local emergency number" in answer.json()["text"]
    assert [line["country"] for line in answer.json()["data"]] == [None]
    assert answer.content == client.get("/v1/help").content


def test_a_query_that_nobody_knows_keeps_nobody_from_help(client: TestClient) -> None:
    answer = client.get("/v1/help?country=US&utm_source=letter")

    assert answer.status_code == 200
    assert answer.json() == {**client.get("/v1/help?country=US").json(), "ignored": ["utm_source"]}


@pytest.mark.parametrize("others", ["country=ZZ&country=US", "country=US&country=DE", "country=&country=US&country="])
def test_of_several_countries_the_first_with_a_line_counts(client: TestClient, others: str) -> None:
    answer = client.get(f"/v1/help?{others}")

    assert answer.content == client.get("/v1/help?country=US").content


def test_only_a_few_ignored_names_are_repeated(client: TestClient) -> None:
    ignored = client.get("/v1/help?" + "&".join(f"{'x' * 100}{number}" for number in range(100))).json()["ignored"]

    assert (len(ignored), {len(name) for name in ignored}) == (10, {64})


def test_it_is_the_same_for_everyone(client: TestClient) -> None:
    plain = client.get("/v1/help?country=US")
    with_more = client.get(
        "/v1/help?country=US", headers={"Authorization": "Bearer rk_test_nobody", "Cookie": "a=b", "User-Agent": "x"}
    )

    assert with_more.content == plain.content
    assert with_more.headers["etag"] == plain.headers["etag"]


def test_it_is_kept_for_a_minute_only(client: TestClient) -> None:
    assert client.get("/v1/help?country=US").headers["cache-control"] == "public, max-age=60"


def test_it_is_never_counted_against_a_limit(connect: Callable[..., TestClient]) -> None:
    client = connect(rate_limit="1/hour")

    assert [client.get("/v1/help?country=US").status_code for _ in range(5)] == [200] * 5


def test_a_line_that_is_due_for_a_check_is_not_shown(rulesets: ActiveRuleset) -> None:
    library = rulesets.current
    line = next(line for line in library.help_lines if line.country == "US")

    last = help_out(library, "en", "us", line.review_by)
    over = help_out(library, "en", "us", line.review_by + timedelta(days=1))

    assert line.name in [shown["name"] for shown in last["data"]]
    assert line.name not in [shown["name"] for shown in over["data"]]


def test_when_no_line_is_in_date_the_word_about_danger_remains(rulesets: ActiveRuleset) -> None:
    answer = help_out(rulesets.current, "en", "US", date.max)

    assert answer["data"] == []
    assert "local emergency number" in str(answer["text"])


def test_an_emergency_number_alone_is_no_help_line(rulesets: ActiveRuleset) -> None:
    library = rulesets.current
    kept = tuple(line for line in library.help_lines if line.is_emergency or not line.country)

    answer = help_out(replace(library, help_lines=kept), "en", "US", library.help_lines[0].verified_on)

    assert [line["contact"] for line in answer["data"]] == ["Call 911", "findahelpline.com"]
    assert answer["country"] == "US"
    assert answer["text"] == library.texts["en"]["support/no_line"]


def test_the_help_that_a_view_links_to_is_there(client: TestClient, whole_report: dict[str, object]) -> None:
    view = client.post("/v1/recommendations", json={"reports": {"a": whole_report}, "country": "us"}).json()["views"][
        "a"
    ]

    assert client.get(view["help"]).json()["country"] == "US"
