"""Routes that are declared where their module is imported, and built for the first request to them.

FastAPI builds a route when it is declared, and again where its router is included: signature, fields, validators. Of
some eighty routes a worker needs a few for its first answers, and none of them twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from re import Pattern
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.params import Depends
from fastapi.routing import APIRoute
from starlette.convertors import Convertor
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Receive, Scope, Send

from app.api.http.routing import StrictRoute
from app.api.http.shape import complete_shapes_of

_METHODS = "rekindle.methods"


class ResourceRouter(APIRouter):
    """The routes of one resource, declared as with FastAPI's router, and built by a `RouteTable`."""

    def __init__(
        self,
        *,
        prefix: str = "",
        tags: Sequence[str] = (),
        dependencies: Sequence[Depends] = (),
        route_class: type[APIRoute] = StrictRoute,
        include_in_schema: bool = True,
    ) -> None:
        super().__init__(
            prefix=prefix,
            tags=[*tags],
            dependencies=dependencies,
            route_class=route_class,
            include_in_schema=include_in_schema,
            # Names in the OpenAPI document are those of the functions.
            generate_unique_id_function=lambda route: route.name,
        )
        self.declared: list[DeclaredRoute] = []

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Keep what its decorators declare."""
        methods = frozenset(options.get("methods") or ("GET",))
        self.declared.append(DeclaredRoute(self, path, endpoint, methods, options))


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredRoute:
    """A route that is not built yet; `path` begins below the prefix of its router."""

    router: ResourceRouter
    path: str
    endpoint: Callable[..., Any]
    methods: frozenset[str]
    options: Mapping[str, Any]

    def build(self, app: FastAPI, dependencies: Sequence[Depends]) -> APIRoute:
        """Return the route for `app`, with these dependencies before those of its router."""
        router = self.router
        complete_shapes_of(self.endpoint, self.options.get("response_model"))
        built = APIRouter(
            prefix=router.prefix,
            tags=router.tags,
            dependencies=[*dependencies, *router.dependencies],
            include_in_schema=router.include_in_schema,
            generate_unique_id_function=router.generate_unique_id_function,
            dependency_overrides_provider=app,
        )
        built.add_api_route(self.path, self.endpoint, **{**self.options, "route_class_override": router.route_class})
        [route] = built.routes
        if not isinstance(route, APIRoute):
            raise TypeError(f"{self.path} is no route of an API")
        return route


class LazyRoute:
    """A declared route of one application."""

    def __init__(self, app: FastAPI, declared: DeclaredRoute, dependencies: Sequence[Depends]) -> None:
        self.path = declared.router.prefix + declared.path
        self.methods = declared.methods
        self.endpoint = declared.endpoint
        self._app = app
        self._declared = declared
        self._dependencies = dependencies
        self._built: APIRoute | None = None

    @property
    def built(self) -> APIRoute:
        """The route itself, built when it is first asked for."""
        if self._built is None:
            self._built = self._declared.build(self._app, self._dependencies)
        return self._built


class RouteTable(BaseRoute):
    """The routes of an application: those whose path has no parameter by their path, the others by pattern.

    FastAPI would try one after the other, and build each that it tries.
    """

    def __init__(self) -> None:
        self._routes: list[LazyRoute] = []
        self._plain: dict[str, list[LazyRoute]] = {}
        self._patterns: list[tuple[Pattern[str], Mapping[str, Convertor[Any]], LazyRoute]] = []

    def add(self, app: FastAPI, router: ResourceRouter, dependencies: Sequence[Depends] = ()) -> None:
        for declared in router.declared:
            route = LazyRoute(app, declared, dependencies)
            pattern, path, convertors = compile_path(route.path)
            self._routes.append(route)
            if convertors:
                self._patterns.append((pattern, convertors, route))
            else:
                self._plain.setdefault(path, []).append(route)

    def all(self) -> list[APIRoute]:
        """Return every route, built, in the order in which they were added."""
        return [route.built for route in self._routes]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        others: list[LazyRoute] = []
        for route, parameters in self._at(scope["path"].removeprefix(scope.get("root_path", ""))):
            if scope["method"] in route.methods:
                return Match.FULL, {"endpoint": route.endpoint, "path_params": parameters, "route": route}
            others.append(route)
        if not others:
            return Match.NONE, {}
        return Match.PARTIAL, {"route": others[0], _METHODS: frozenset().union(*(route.methods for route in others))}

    def _at(self, path: str) -> Iterator[tuple[LazyRoute, dict[str, Any]]]:
        """Yield the routes of a path with the values of its parameters."""
        for route in self._plain.get(path, ()):
            yield route, {}
        for pattern, convertors, route in self._patterns:
            match = pattern.match(path)
            if match:
                yield route, {name: convertors[name].convert(value) for name, value in match.groupdict().items()}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _METHODS in scope:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(scope[_METHODS])})
        route = scope["route"] = scope["route"].built
        await route.app(scope, receive, send)
