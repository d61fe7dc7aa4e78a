"""The pages that the `type` of a problem leads to, for people and for programs."""

import json
from html import escape
from typing import Any

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.api.http.caching import cacheable_response
from app.api.http.collection import Listing
from app.api.http.docs import WEB
from app.api.http.fields import Id, Shape
from app.api.http.problems import example_of, type_of
from app.api.http.request_context import root_of
from app.api.http.responses import problems
from app.api.http.routing import ResourceRouter, check_query
from app.errors import NotFound, RekindleError

router = ResourceRouter(tags=["service"], dependencies=[Depends(check_query)])

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = (WEB / "problem.html").read_text("utf-8")


HTML_RESPONSE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"example": "<h1>Not found</h1>"}}}}


class ProblemType(Shape, json_schema_extra={"examples": ["problem-type"]}):
    """A type of problem with its meaning and remedy."""

    type: str
    code: str
    status: int
    title: str
    meaning: str
    remedy: str


class ProblemTypes(Listing[ProblemType]):
    """The types of problems, by status."""


def problem_classes(root: type[RekindleError] = RekindleError) -> dict[str, type[RekindleError]]:
    """Return all problems below `root` by code, ordered by status, without the errors that are sent as another."""
    classes: dict[str, type[RekindleError]] = {}
    for kind in root.__subclasses__():
        classes |= ({kind.code: kind} if "title" in vars(kind) else {}) | problem_classes(kind)
    return dict(sorted(classes.items(), key=lambda item: (item[1].status, item[0])))


@router.get("/problems", summary="List the types of problems", response_model=ProblemTypes, responses=HTML_RESPONSE)
async def list_problems(request: Request) -> Response:
    """Return every `type` that a problem of this API can have: as HTML where that is accepted, else as JSON."""
    types = [_problem_type(kind, root_of(request)) for kind in problem_classes().values()]
    if _accepts_html(request):
        return _page(request, "Problems", _types_table(types))
    return _json(request, ProblemTypes(data=types, next_cursor=None, has_more=False))


@router.get(
    "/problems/{problem}",
    summary="Get a type of problem",
    response_model=ProblemType,
    responses=HTML_RESPONSE | problems(NotFound),
)
async def read_problem(request: Request, problem: Id) -> Response:
    """Return the meaning and remedy of a type of problem: as HTML where that is accepted, else as JSON."""
    kind = problem_classes().get(problem.replace("-", "_"))
    if kind is None:
        raise NotFound
    problem_type = _problem_type(kind, root_of(request))
    if _accepts_html(request):
        return _page(request, problem_type.title, _explanation(problem_type, kind, root_of(request)))
    return _json(request, problem_type)


def _problem_type(kind: type[RekindleError], root: str) -> ProblemType:
    return ProblemType(
        type=type_of(kind.code, root),
        code=kind.code,
        status=kind.status,
        title=kind.title,
        meaning=kind.meaning,
        remedy=kind.remedy,
    )


def _accepts_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _json(request: Request, model: BaseModel) -> Response:
    headers = {"Vary": "Accept", "Content-Language": "en"}
    return cacheable_response(request, model.model_dump_json().encode(), headers=headers)


def _page(request: Request, title: str, content: str) -> Response:
    page = PAGE.format(title=escape(title), content=content, root=root_of(request))
    headers = {"Vary": "Accept", "Content-Language": "en", "Content-Security-Policy": POLICY}
    return cacheable_response(request, page.encode(), media_type="text/html", headers=headers)


def _types_table(types: list[ProblemType]) -> str:
    rows = "\n".join(
        f'<tr><td>{kind.status}</td><td><a href="{kind.type}">{escape(kind.title)}</a></td>'
        f"<td><code>{kind.code}</code></td></tr>"
        for kind in types
    )
    return (
        "<h1>Problems</h1>\n<p>Every error of this API is one of these, whatever caused it.</p>\n<table>\n"
        '<thead><tr><th scope="col">Status</th><th scope="col">Problem</th><th scope="col">Code</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _explanation(problem_type: ProblemType, kind: type[RekindleError], root: str) -> str:
    example = escape(json.dumps(example_of(kind), indent=2))
    return (
        f"<h1>{escape(problem_type.title)}</h1>\n"
        f"<p>Status {problem_type.status}, code <code>{problem_type.code}</code>.</p>\n"
        f"<h2>What it means</h2>\n<p>{escape(problem_type.meaning)}</p>\n"
        f"<h2>What to do</h2>\n<p>{escape(problem_type.remedy)}</p>\n"
        f'<h2>What it looks like</h2>\n<pre tabindex="0">{example}</pre>\n'
        f'<p><a href="{root}/problems">All problems</a></p>'
    )
