"""The documentation page of the API, served whole from here: no other host learns who reads it."""

from functools import cache
from pathlib import Path

from fastapi import Depends, Request
from fastapi_swagger import resources
from starlette.responses import HTMLResponse, Response

from app.api.http.caching import cacheable_response
from app.api.http.request_context import count_by_address, root_of
from app.api.http.routing import ResourceRouter
from app.errors import NotFound

WEB = Path(__file__).parents[2] / "web"
# Of swagger-ui-dist 5.34, in a package that adds nothing we use; the locks hold its hash.
SWAGGER_UI = Path(resources.__path__[0])
FILES = {
    "swagger-ui-bundle.js": (SWAGGER_UI / "swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": (SWAGGER_UI / "swagger-ui.css", "text/css"),
    "start.js": (WEB / "start.js", "text/javascript"),
    "page.css": (WEB / "page.css", "text/css"),
}
DAY_SECONDS = 86_400

# Swagger UI draws its icons from data: addresses and sets styles on elements; it loads nothing from elsewhere.
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)

router = ResourceRouter(include_in_schema=False, dependencies=[Depends(count_by_address)])


@router.get("/docs")
async def show_description(request: Request) -> Response:
    page = _read(WEB / "docs.html").decode().format(root=root_of(request))
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


@router.get("/docs/{name}")
async def send_file(request: Request, name: str) -> Response:
    if name not in FILES:
        raise NotFound
    path, media_type = FILES[name]
    return cacheable_response(request, _read(path), media_type=media_type, max_age=DAY_SECONDS)


@cache
def _read(path: Path) -> bytes:
    return path.read_bytes()
