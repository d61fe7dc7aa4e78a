"""Requests made from the OpenAPI document alone, as it allows them and as it does not: each is answered as documented.

No status, no content type and no shape that the document does not name; never a 5xx; what the document allows is taken
and what it does not allow is refused. None of the checks that apply to a single request is left out.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import APIOperation, Case, GenerationMode

from app.main import create_app
from app.settings import Settings

ALLOWED, NOT_ALLOWED = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
RECOMMENDATIONS = "POST /v1/recommendations"

PARTS = 4
OF_RECOMMENDATIONS = 450
"""In each part, so many that the document allows, and so many that it does not."""
OF_FILTERS = 500
OF_NAMES = 60
LEAST_OF_ALL = 5_000
