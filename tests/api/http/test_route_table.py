import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.testclient import TestClient

from app.api.http.route_table import ResourceRouter, RouteTable
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock


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
