"""What a query may hold: each name that a route asks for, once, and nothing else."""

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError

from app.api.http.problems import problems
from app.api.http.validation import pointer
from app.errors import FieldError, ValidationFailed

NOTHING_ASKED = "There is no such field; this takes no query."


def router_without_query() -> APIRouter:
    """For routes that ask for nothing: whatever a query holds was meant to do something, and would not."""
    return APIRouter(dependencies=[Depends(refuse_query)], responses=problems(ValidationFailed))


async def refuse_query(request: Request) -> None:
    names = list(dict.fromkeys(request.query_params))
    if names:
        unknown = {"type": "unknown_field", "msg": NOTHING_ASKED, "input": None}
        raise RequestValidationError([{**unknown, "loc": ("query", name)} for name in names])


def refuse_repeated(request: Request) -> None:
    """Of two values for one name, one would be lost without a word."""
    given = [name for name, _ in request.query_params.multi_items()]
    mistakes = [
        FieldError("query", pointer((name,)), "repeated", "This was given more than once; give it once.")
        for name in dict.fromkeys(given)
        if given.count(name) > 1
    ]
    if mistakes:
        raise ValidationFailed(mistakes)
