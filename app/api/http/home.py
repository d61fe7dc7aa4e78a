"""Links from the root to everything else."""

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from app import __version__
from app.api.http.responses import example_response
from app.api.http.routing import check_query

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
EXAMPLE = {"name": "Rekindle", "version": __version__, "links": LINKS}

router = APIRouter(tags=["service"], dependencies=[Depends(check_query)])


class Home(BaseModel):
    name: str
    version: str
    links: dict[str, str]


@router.get("/", summary="Get the entry points", responses=example_response(EXAMPLE))
async def read_home(response: Response) -> Home:
    """Return the paths of the OpenAPI document, the documentation and the first resources to read."""
    response.headers["Link"] = '</openapi.json>; rel="service-desc", </docs>; rel="service-doc"'
    return Home(name="Rekindle", version=__version__, links=LINKS)
