from fastapi.testclient import TestClient


def test_the_one_in_force_is_the_one_that_views_name(client: TestClient, whole_report: dict[str, object]) -> None:
    (ruleset,) = client.get("/v1/rulesets").json()["data"]
    view = client.post("/v1/recommendations", json={"reports": {"a": whole_report}}).json()

    assert ruleset["in_force"] is True
    assert view["ruleset"] == {"version": ruleset["version"], "digest": ruleset["digest"]}
    pinned = {"reports": {"a": whole_report}, "ruleset": ruleset["version"]}
    assert client.post("/v1/recommendations", json=pinned).status_code == 200


def test_it_counts_what_the_catalogue_lists(client: TestClient) -> None:
    (ruleset,) = client.get("/v1/rulesets").json()["data"]

    for what in ("findings", "rules", "insights", "strategies", "practices", "activities", "claims"):
        assert ruleset["counts"][what] == len(client.get(f"/v1/{what}").json()["data"])
    assert ruleset["counts"]["questions"] == len(client.get("/v1/questions").json()["questions"])
    reviewed = [rule for rule in client.get("/v1/rules").json()["data"] if rule["status"] == "reviewed"]
    assert ruleset["counts"]["rules_reviewed"] == len(reviewed)


def test_nothing_is_said_to_be_proved_that_is_not(client: TestClient) -> None:
    assert client.get("/v1/properties").json() == {"data": [], "next_cursor": None, "has_more": False}
