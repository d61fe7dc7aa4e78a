"""Bodies read so that nothing is lost: a name that stands twice in one object would silently lose its first value."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from app.api.http.problems import BodyRejected
from app.errors import MalformedJson


class StrictRequest(Request):
    async def json(self) -> Any:
        text = (await self.body()).decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_each_name_once, parse_constant=_no_such_number)


class StrictRoute(APIRoute):
    """For routes with a body; a lost answer may be the one about safety."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BodyRejected(MalformedJson("A name stands twice in one object, so one of its two values would be lost."))
    return found


def _no_such_number(_: str) -> None:
    raise BodyRejected(MalformedJson("JSON has no NaN and no Infinity."))
