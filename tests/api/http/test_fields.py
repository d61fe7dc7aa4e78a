import subprocess
import sys
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.http.fields import Shape, complete_shapes_of
from app.api.http.routing import ResourceRouter, RouteTable

COUNT = """
import app.main
from app.api.http.fields import Shape

def shapes(shape):
    for one in shape.__subclasses__():
        yield one
        yield from shapes(one)

whole = [one for one in shapes(Shape) if not one.__pydantic_generic_metadata__["parameters"]]
print(len(whole), sum(one.__pydantic_complete__ for one in whole))
"""


class Inner(Shape):
    """A part."""

    number: int


class Outer(Shape):
    """A whole."""

    parts: list[Inner]


def test_a_start_builds_the_schema_of_no_shape() -> None:
    counted = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)

    shapes, built = map(int, counted.stdout.split())
    assert (shapes > 90, built) == (True, 0)


def test_a_route_completes_the_shapes_that_it_takes_and_gives() -> None:
    class Sent(Shape, extra="forbid"):
        parts: list[Inner]

    async def copy(body: Sent) -> Outer:
        return Outer(parts=body.parts)

    assert not Sent.__pydantic_complete__
    complete_shapes_of(copy, None)

    assert Sent.__pydantic_complete__
    assert Outer.__pydantic_complete__


@pytest.mark.parametrize(("sent", "status"), [({"parts": [{"number": 1}]}, 200), ({"parts": [{"number": "a"}]}, 422)])
def test_what_is_sent_and_answered_is_checked_as_ever(sent: object, status: int) -> None:
    app, router, table = FastAPI(openapi_url=None), ResourceRouter(), RouteTable()

    class Taken(Shape, extra="forbid"):
        parts: list[Inner]

    @router.post("/")
    async def copy(body: Taken) -> Outer:
        return cast(Outer, body)

    table.add(app, router)
    app.router.routes.append(table)

    assert TestClient(app).post("/", json=sent).status_code == status
