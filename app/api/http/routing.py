"""Routes: built for the first request to them, and strict about what they would otherwise lose.

FastAPI builds a route when it is declared, and again where its router is included: signature, fields, validators. Of
some eighty routes a worker needs a few for its first answers, and none of them twice.

What a route refuses: repeated names in a body, unknown or repeated query parameters.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from re import Pattern
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.convertors import Convertor
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Receive, Scope, Send

from app.api.http.fields import complete_shapes_of
from app.api.http.problems import BodyRejected
from app.api.http.request_context import count_request
from app.api.http.validation import MAX_NAME_LENGTH, pointer
from app.errors import MAX_LISTED, FieldError, MalformedJson, RekindleError, ValidationFailed
from app.rulesets.strict_json import MALFORMED, JsonMistake, QuickReader, UnreadableJson, quick_reader_of, read_json

# `detail` is one text for people.
MAX_SPELLED_OUT = 10
# Where a request keeps what the routes of its path allow instead.
_METHODS = "rekindle.methods"
METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class StrictRequest(Request):
    read_quickly: QuickReader | None = None

    async def json(self) -> Any:
        body = await self.body()
        quick = self.read_quickly(body) if self.read_quickly else None
        if quick is not None:
            return quick
        try:
            return read_json(body)
        except UnreadableJson as error:
            raise BodyRejected(_problem_of(error.mistakes)) from None


class StrictRoute(APIRoute):
    """A route whose body is strict JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        read_quickly = quick_reader_of(self.body_field.field_info.annotation) if self.body_field else None

        async def handle_strictly(request: Request) -> Response:
            request = StrictRequest(request.scope, request.receive)
            request.read_quickly = read_quickly
            if _takes_no_body(request, self):
                # Before a transaction begins, which must not wait for a client.
                await request.body()
            return await handle(request)

        return handle_strictly


class DeclaredRoute(NamedTuple):
    """A route as its router declares it."""

    path: str
    endpoint: Callable[..., Any]
    methods: frozenset[str]
    options: Mapping[str, Any]


class ResourceRouter(APIRouter):
    """The routes of one resource, declared as with FastAPI's router, and built by a `RouteTable`."""

    def __init__(self, **options: Any) -> None:
        options = {"route_class": StrictRoute, **options}
        # Names in the OpenAPI document are those of the functions.
        super().__init__(**options, generate_unique_id_function=lambda route: route.name)
        self.declared: list[DeclaredRoute] = []

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Keep what its decorators declare."""
        methods = frozenset(options.get("methods") or ("GET",))
        self.declared.append(DeclaredRoute(self.prefix + path, endpoint, methods, options))


class LazyRoute:
    """A declared route of one application, with these dependencies before those of its router."""

    def __init__(
        self, app: FastAPI, router: ResourceRouter, declared: DeclaredRoute, dependencies: Sequence[Depends]
    ) -> None:
        self.path, self.endpoint, self.methods, self._options = declared
        self._app = app
        self._router = router
        self._dependencies = dependencies

    @cached_property
    def built(self) -> APIRoute:
        """The route itself, built when it is first asked for."""
        router = self._router
        complete_shapes_of(self.endpoint, self._options.get("response_model"))
        built = APIRouter(
            tags=router.tags,
            dependencies=[*self._dependencies, *router.dependencies],
            route_class=router.route_class,
            include_in_schema=router.include_in_schema,
            generate_unique_id_function=router.generate_unique_id_function,
            dependency_overrides_provider=self._app,
        )
        built.add_api_route(self.path, self.endpoint, **self._options)
        [route] = built.routes
        if not isinstance(route, APIRoute):
            raise TypeError(f"{self.path} is no route of an API")
        return route


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
            route = LazyRoute(app, router, declared, dependencies)
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


async def check_query(request: Request) -> None:
    """Refuse query parameters that the route does not have, or that occur twice, so that none is silently ignored.

    A route without a body has no fields either. Raises `RequestValidationError` for the unknown ones, else
    `ValidationFailed` for those given twice; and `TooManyRequests` where nobody has looked at credentials before, since
    then the request counts by its address.
    """
    count_request(request.scope)
    if _takes_no_body(request, request.scope["route"]) and await request.body():
        _refuse_fields(await request.json())
    if not request.scope["query_string"]:
        return
    counts = Counter(name for name, _ in request.query_params.multi_items())
    unknown = unknown_query(request)
    if unknown:
        raise RequestValidationError(
            [{"type": "extra_forbidden", "msg": "", "input": None, "loc": ("query", name)} for name in unknown]
        )
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        detail = "This was given more than once; give it once."
        raise ValidationFailed([FieldError("query", pointer((name,)), "repeated", detail) for name in repeated])


def refuse_long_query(scope: Scope) -> None:
    """Refuse a query of too many parts before it is read. The request counts by its address."""
    if scope["query_string"].count(b"&") >= MAX_LISTED:
        count_request(scope)
        detail = f"A query has fewer than {MAX_LISTED} parts."
        raise ValidationFailed([FieldError("query", "#", "too_long", detail)])


def _takes_no_body(request: Request, route: APIRoute) -> bool:
    return route.body_field is None and request.method in METHODS_WITH_BODY


def _refuse_fields(body: object) -> None:
    if not isinstance(body, dict):
        raise ValidationFailed([FieldError("body", "#", "wrong_type", "This takes no body.")])
    if body:
        unknown = [{"type": "extra_forbidden", "msg": "", "input": None, "loc": ("body", name)} for name in body]
        raise RequestValidationError(unknown, body=body)


def unknown_query(request: Request) -> list[str]:
    """Return the names in the query that the route does not have."""
    known = _query_names(request.scope["route"])
    return [name for name in dict.fromkeys(request.query_params) if known is not None and name not in known]


def _query_names(route: APIRoute) -> frozenset[str] | None:
    """Return the names of the route's query parameters; None where a closed model checks them together."""
    parameters = route.dependant.query_params
    if any(isinstance(one.field_info.annotation, type(BaseModel)) for one in parameters):
        return None
    return frozenset(one.alias for one in parameters)


def _problem_of(mistakes: Sequence[JsonMistake]) -> RekindleError:
    malformed = [mistake for mistake in mistakes if mistake.code == MALFORMED]
    if malformed:
        return MalformedJson(" ".join(map(_spell_out, malformed[:MAX_SPELLED_OUT])))
    return ValidationFailed([FieldError("body", pointer(keys), code, reason) for keys, code, reason in mistakes])


def _spell_out(mistake: JsonMistake) -> str:
    if not mistake.keys or len(str(mistake.keys[-1])) > MAX_NAME_LENGTH:
        return mistake.reason
    return f"{mistake.reason.removesuffix('.')} ({pointer(mistake.keys)})."
