import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.routing import APIRoute
from starlette.routing import Match

from app.api.http.routing import ResourceRouter, RouteTable
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.people import Integrator

REPORT = (
    '{"time_together": {"hours_per_week": 4}, "conflict": {"level": "rare"}, "busyness": {"level": "full"},'
    ' "activity_preferences": {"likes": {}}%s}'
)
JSON = {"Content-Type": "application/json"}


def body(also: str, after: str = "") -> str:
    return '{"reports": {"a": ' + REPORT % also + "}" + after + "}"


@pytest.mark.parametrize(
    "sent",
    [
        body(', "safety": {"fear": "yes"}, "safety": {"fear": "no"}'),
        body(', "safety": {"fear": "yes", "fear": "no"}'),
        body("", ', "viewer": "a", "viewer": null'),
    ],
)
def test_an_answer_that_stands_twice_is_refused_and_none_of_them_is_lost(client: TestClient, sent: str) -> None:
    refused = client.post("/v1/recommendations", content=sent, headers=JSON)

    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_json")
    assert "twice" in refused.json()["detail"]
    assert "yes" not in refused.text


def test_every_name_that_stands_twice_is_told_with_its_place(client: TestClient) -> None:
    sent = body(', "safety": {"fear": "yes", "fear": "no"}, "conflict": {}')

    detail = client.post("/v1/recommendations", content=sent, headers=JSON).json()["detail"]

    assert (
        '"conflict" stands twice in one object, so one of its two values would be lost (#/reports/a/conflict).'
        in detail
    )
    assert "(#/reports/a/safety/fear)" in detail


def test_half_a_character_is_named_where_it_stands_as_a_name_or_as_a_value(client: TestClient) -> None:
    sent = body(r', "\ud800": 1, "private": {"willingness": "\udfff"}')

    refused = client.post("/v1/recommendations", content=sent, headers=JSON)

    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("#/reports/a/%EF%BF%BD", "wrong_form"),
        ("#/reports/a/private/willingness", "wrong_form"),
    ]


def test_a_number_beyond_all_numbers_is_named_where_it_stands(client: TestClient) -> None:
    refused = client.post("/v1/recommendations", content=body("").replace("4}", "1e400}", 1), headers=JSON)

    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/reports/a/time_together/hours_per_week", "not_finite")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_not_read_as_a_number(client: TestClient, number: str) -> None:
    sent = body("").replace("4}", f"{number}}}", 1)

    assert client.post("/v1/recommendations", content=sent, headers=JSON).status_code == 400


def test_the_same_report_with_each_name_once_is_answered(client: TestClient) -> None:
    answer = client.post("/v1/recommendations", content=body(', "safety": {"fear": "yes"}'), headers=JSON)

    assert answer.json()["views"]["a"]["outcome"] == "support"


def test_where_nothing_is_asked_for_a_body_says_so(integrator: Integrator) -> None:
    person = integrator.add()
    for method, path in (("POST", "/v1/me/calendar"), ("PUT", "/v1/me/paths/turns-to-repair")):
        refused = person.ask(method, path, {"colour": "red"})
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["pointer"], error["code"]) == (422, "#/colour", "unknown_field"), path
        assert error["detail"] == "There is no such field; this takes no body."
        assert person.ask(method, path, ["red"]).status_code == 422
        assert person.ask(method, path, {}).is_success
        # Nobody is told anything before the credentials.
        assert integrator.client.request(method, path, json={"colour": "red"}).status_code == 401


def scope_of(method: str, path: str, root: str = "") -> dict[str, str]:
    return {"type": "http", "method": method, "path": path, "root_path": root}


def table_of(app: FastAPI) -> RouteTable:
    [table] = app.router.routes
    assert isinstance(table, RouteTable)
    return table


def test_every_route_that_is_declared_is_found_by_its_own_path_or_one_before_it(rulesets: ActiveRuleset) -> None:
    table = table_of(create_app(Settings(), rulesets, clock=clock.now))
    routes = table.all()
    for route in routes:
        [method] = route.methods or {""}
        match, found = table.matches(scope_of(method, route.path))
        # As FastAPI would, trying them in their order; a path without parameters is found before one with.
        same = [one for one in routes if method in (one.methods or ()) and one.path_regex.fullmatch(route.path)]
        expected = next((one for one in same if not one.param_convertors), same[0])
        assert (match, found["endpoint"]) == (Match.FULL, expected.endpoint), route.path
    assert len(routes) > 60


def test_a_route_is_built_for_the_first_request_to_it_once_and_no_other_is(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = APIRoute.__init__

    def count(self: APIRoute, path: str, *given: object, **named: object) -> None:
        if path.startswith("/v1"):
            built.append(path)
        build(self, path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(APIRoute, "__init__", count)
    client = TestClient(create_app(Settings(), clock=clock.now))
    assert built == []
    for _ in range(2):
        assert client.get("/v1/questions").is_success

    assert built == ["/v1/questions"]


def app_of(*routers: ResourceRouter) -> tuple[FastAPI, RouteTable]:
    app, table = FastAPI(openapi_url=None), RouteTable()
    for router in routers:
        table.add(app, router)
    app.router.routes.append(table)
    return app, table


def things() -> ResourceRouter:
    router = ResourceRouter(prefix="/things", tags=["things"])

    @router.get("/{number}")
    async def read(number: int) -> int:
        return number

    @router.put("/{number}")
    async def write(number: int) -> int:
        return -number

    @router.get("/all")
    async def read_all() -> str:
        return "all"

    return router


def test_values_of_parameters_reach_the_route_also_below_a_root() -> None:
    app, table = app_of(things())

    assert TestClient(app).get("/things/12").json() == 12
    assert TestClient(app).put("/things/12").json() == -12
    assert TestClient(app).get("/things/all").json() == "all"
    assert table.matches(scope_of("GET", "/below/things/12", "/below"))[1]["path_params"] == {"number": "12"}


def test_a_method_that_no_route_of_the_path_has_is_told_all_that_they_have() -> None:
    app, _ = app_of(things())

    @app.exception_handler(405)
    async def show(_request: object, error: HTTPException) -> None:
        raise AssertionError(error.headers)

    with pytest.raises(AssertionError, match=r"'Allow': '(GET, PUT|PUT, GET)'"):
        TestClient(app).delete("/things/12")
    assert TestClient(app).get("/other").status_code == 404


def test_what_an_application_asks_of_a_router_comes_before_what_the_router_asks() -> None:
    asked: list[str] = []
    router = ResourceRouter(dependencies=[Depends(lambda: asked.append("router"))])

    @router.get("/")
    async def read() -> str:
        return "read"

    app, table = FastAPI(openapi_url=None), RouteTable()
    table.add(app, router, [Depends(lambda: asked.append("application"))])
    app.router.routes.append(table)
    TestClient(app).get("/")

    assert asked == ["application", "router"]
