"""Links from the root to everything else."""

from fastapi import Depends, Request, Response

from app import __version__
from app.api.http.fields import Shape
from app.api.http.request_context import root_of
from app.api.http.responses import example_response
from app.api.http.routing import ResourceRouter, check_query

LINKS = {
    "description": "/openapi.json",
    "documentation": "/docs",
    "problems": "/problems",
    "questions": "/v1/questions",
    "examples": "/v1/examples",
    "help": "/v1/help",
    "health": "/healthz",
    "readiness": "/readyz",
}
HOME = {"name": "Rekindle", "version": __version__, "links": LINKS}

router = ResourceRouter(tags=["service"], dependencies=[Depends(check_query)])


class Home(Shape):
    name: str
    version: str
    links: dict[str, str]


@router.get("/", summary="Get the entry points", responses=example_response(HOME))
async def read_home(request: Request, response: Response) -> Home:
    """Return the paths of the OpenAPI document, the documentation and the first resources to read."""
    root = root_of(request)
    response.headers["Link"] = f'<{root}/openapi.json>; rel="service-desc", <{root}/docs>; rel="service-doc"'
    return Home(name="Rekindle", version=__version__, links={name: f"{root}{path}" for name, path in LINKS.items()})
