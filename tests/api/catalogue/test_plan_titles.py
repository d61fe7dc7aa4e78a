from fastapi.testclient import TestClient

from app.rulesets.sources import PLAN_TITLES


def test_plan_titles_are_a_catalogue(client: TestClient) -> None:
    answer = client.get("/v1/plan-titles")
    again = client.get("/v1/plan-titles", headers={"If-None-Match": answer.headers["etag"]})

    assert [title["id"] for title in answer.json()["data"]] == list(PLAN_TITLES)
    assert answer.json()["data"][0] == {"id": "reserved", "title": "Reserved"}
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert again.status_code == 304
