"""Field types and formats that requests and responses of several resources share."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field

from app.errors import FieldError, Part, ValidationFailed


@cache
def _time_zones() -> frozenset[str]:
    # Names of the database itself that are no place: `localtime` is wherever the server stands.
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _require_time_zone(name: str) -> str:
    if name not in _time_zones():
        raise ValueError("this is no IANA time zone, such as Europe/Paris")
    return name


Country = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$", examples=["US"]), AfterValidator(str.upper)]
TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Paris"]), AfterValidator(_require_time_zone)]


def format_instant(moment: datetime) -> str:
    """Return `moment`, which is in UTC, as RFC 3339 with a `Z`."""
    return moment.isoformat().replace("+00:00", "Z")


def as_json(shape: type[BaseModel], row: object) -> dict[str, Any]:
    """Return the fields of `shape` as JSON values, each from the attribute or the key of its name in `row`."""
    return shape.model_validate(row, from_attributes=True).model_dump(mode="json")


def invalid(name: str, code: str, detail: str, part: Part = "body") -> ValidationFailed:
    """Return the problem of one field of a body, or of a parameter of another `part` of the request."""
    return ValidationFailed([FieldError(part, f"#/{name}", code, detail)])
