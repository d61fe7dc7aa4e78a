import re
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.admin import ask_admin
from tests.api.conftest import Connect
from tests.client import TestClient


@pytest.fixture
def client(connect: Connect) -> TestClient:
    """A client of a new application, which has counted nothing yet."""
    return connect()


def exposed(client: TestClient) -> str:
    """What the admin listener of the client's application says."""
    return ask_admin(client, "/metrics").text


def counts(client: TestClient) -> dict[tuple[str, str, str], float]:
    families = text_string_to_metric_families(exposed(client))
    return {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for family in families
        for sample in family.samples
        if sample.name == "rekindle_http_requests_total"
    }


def described_paths(client: TestClient) -> list[str]:
    return list(client.get("/openapi.json").json()["paths"])


def test_requests_are_counted_by_route_and_status(client: TestClient, whole_report: dict[str, object]) -> None:
    client.get("/problems/not-found")
    client.get("/problems/malformed-json")
    client.get("/problems/no-such-one")
    client.post("/v1/recommendations", json={"reports": {"a": whole_report}})

    counted = counts(client)

    assert counted["GET", "/problems/{problem}", "200"] == 2
    assert counted["GET", "/problems/{problem}", "404"] == 1
    assert counted["POST", "/v1/recommendations", "200"] == 1


def test_what_callers_make_up_makes_no_new_series(client: TestClient) -> None:
    for number in range(5):
        client.get(f"/nowhere/{number}")
        client.request(f"MADEUP{number}", "/healthz")

    counted = counts(client)

    assert counted["GET", "unmatched", "404"] == 5
    assert counted["other", "/healthz", "405"] == 5
    assert not re.search("nowhere|MADEUP", exposed(client))


def test_every_route_is_counted_under_the_path_that_is_described(client: TestClient) -> None:
    """A router that is included with a prefix would be counted without it."""
    paths = described_paths(client)
    for path in paths:
        client.request("OPTIONS", path)

    assert {route for method, route, _ in counts(client) if method == "OPTIONS"} == set(paths)


def test_durations_are_counted_too(client: TestClient) -> None:
    client.get("/healthz")

    assert 'rekindle_http_request_seconds_count{method="GET",route="/healthz"} 1.0' in exposed(client)


def test_nothing_is_counted_by_anything_else(client: TestClient) -> None:
    """A series for what was shown to whom would tell whoever reads two of them what the other just did."""
    client.get("/healthz")
    families = list(text_string_to_metric_families(exposed(client)))

    counted = {family.name.removesuffix("_created") for family in families}
    assert counted - {"rekindle_maintenance_age_seconds"} == {"rekindle_http_requests", "rekindle_http_request_seconds"}
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels == {"method", "route", "status", "le"}


def test_two_applications_count_apart(connect: Callable[..., TestClient]) -> None:
    connect().get("/problems")

    assert not counts(connect())
