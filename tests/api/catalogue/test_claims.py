from typing import Any

import pytest

from tests.client import TestClient

Json = dict[str, Any]


@pytest.fixture
def claims(client: TestClient) -> list[Json]:
    claims: list[Json] = client.get("/v1/claims").json()["data"]
    return claims


def test_all_claims_of_the_article_are_there_in_its_order(claims: list[Json]) -> None:
    assert [claim["id"] for claim in claims] == [f"C{number:02}" for number in range(1, 57)]


def test_every_claim_is_realised_by_something(claims: list[Json]) -> None:
    assert [claim["id"] for claim in claims if not any(claim["realised_by"].values())] == []


@pytest.mark.parametrize("kind", ["rules", "insights", "activities", "strategies"])
def test_a_claim_and_what_rests_on_it_name_each_other(client: TestClient, claims: list[Json], kind: str) -> None:
    parts = client.get(f"/v1/{kind}").json()["data"]

    for claim in claims:
        assert sorted(claim["realised_by"][kind]) == sorted(
            part["id"] for part in parts if claim["id"] in {cited["id"] for cited in part["claims"]}
        )
    cited = {named["id"]: named for part in parts for named in part["claims"]}
    for id_, named in cited.items():
        claim = next(claim for claim in claims if claim["id"] == id_)
        assert named["section"] == claim["section"]
        assert named["reference"] == (claim["reference"] and claim["reference"]["number"])


def test_questions_are_named_where_they_ask_for_what_is_claimed(client: TestClient, claims: list[Json]) -> None:
    questions = {question["id"] for question in client.get("/v1/questions").json()["questions"]}

    assert {id_ for claim in claims for id_ in claim["realised_by"]["questions"]} <= questions


def test_a_reference_is_given_as_printed_and_as_verified(claims: list[Json]) -> None:
    references = {claim["reference"]["number"]: claim["reference"] for claim in claims if claim["reference"]}

    assert set(references) == {1, 2, 3, 4, 5}
    for reference in references.values():
        assert reference["printed"]
        assert reference["supports"]
        assert reference["link"].startswith("https://")
    assert references[4]["verified"] is None
    assert references[1]["verified"]


def test_where_no_reference_is_printed_the_claim_is_asserted(claims: list[Json]) -> None:
    assert all((claim["reference"] is None) is (claim["support"] == "asserted") for claim in claims)
