"""The description of the API for programs: FastAPI's OpenAPI 3.1 document, completed."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Literal

import json

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import __version__
from app.api.caching import answer_cacheable
from app.api.problems import EXAMPLE_MISTAKE, describe_problems, example_of
from app.errors import (
    BodyTooLarge,
    CredentialsExpired,
    CredentialsMalformed,
    CredentialsMissing,
    CredentialsRevoked,
    CredentialsUnknown,
    DatabaseUnavailable,
    InternalError,
    MalformedJson,
    RekindleError,
    ScopeMissing,
    TooManyRequests,
    UnsupportedMediaType,
    ValidationFailed,
)

Document = dict[str, Any]

INFO = {
    "title": "Rekindle",
    "version": __version__,
    "summary": "What could the two of you do together next, and why?",
    "description": "...",
}
