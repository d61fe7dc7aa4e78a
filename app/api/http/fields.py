"""Shapes of requests and responses, and the field types that several resources share."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, TypeGuard, get_type_hints
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError

from app.errors import FieldError, Part, ValidationFailed
from app.rulesets.strict_json import to_integer

# Control and format characters, line breaks, and spaces that look like the usual one or like nothing. Spelled as
# JavaScript, Rust and Python all read it, because the OpenAPI document repeats it.
_HIDDEN = r"\u0000-\u001F\u007F-\u00A0\u00AD\u061C\u1680\u180E\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF"
PRINTABLE = rf"^[^{_HIDDEN}]*$"
# Neither empty nor with a space at an end.
TRIMMED = rf"^[^{_HIDDEN} ]([^{_HIDDEN}]*[^{_HIDDEN} ])?$"
ID_FORM = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$"
MAX_ID_LENGTH = 64
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Shape(BaseModel):
    """A shape whose schema is built with the route that uses it: building all of them would be a tenth of a start."""

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def complete(cls) -> None:
        """Build the schema, so that a validator made from now on is no longer put off."""
        cls.model_rebuild()
        cls.model_config["defer_build"] = False


def complete_shapes_of(endpoint: Callable[..., Any], response_model: object) -> None:
    """Complete the shapes that a route takes and gives."""
    for used in (*get_type_hints(endpoint).values(), response_model):
        if isinstance(used, type) and issubclass(used, Shape):
            used.complete()


@cache
def _time_zones() -> frozenset[str]:
    # Names of the database itself that are no place: `localtime` is wherever the server stands.
    return frozenset(available_timezones() - {"Factory", "localtime"})


def is_id(value: object) -> TypeGuard[str]:
    """Return whether a value of any type has the form of an `Id`."""
    return isinstance(value, str) and len(value) <= MAX_ID_LENGTH and re.fullmatch(ID_FORM, value) is not None


def is_target_text(value: object) -> TypeGuard[str]:
    """Return whether a value of any type has the form of a `TargetText`."""
    return isinstance(value, str) and len(value) <= MAX_ID_LENGTH and re.fullmatch(PRINTABLE, value) is not None


def normalize(text: str) -> str:
    """Return the one form (NFC) of a text that can be spelled with different code points."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _require_time_zone(name: str) -> str:
    if name not in _time_zones():
        raise ValueError("this is no IANA time zone, such as Europe/Paris")
    return name


def _require_day(value: object) -> object:
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticKnownError("date_type")
    return value


Id = Annotated[str, Field(max_length=MAX_ID_LENGTH, pattern=ID_FORM)]
"""An id of a stored row or of a piece of content; none has a character outside of this form."""
ShortText = Annotated[str, Field(pattern=TRIMMED), AfterValidator(normalize)]
"""A text of one line that can be printed. Each use adds its own `max_length`."""
Locale = Annotated[str, Field(max_length=35, pattern=TRIMMED, examples=["en"])]
"""A tag to store; the length is the one that RFC 5646 asks every reader of language tags to allow for."""
TargetText = Annotated[str, Field(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
"""What somebody takes for the id of a piece of content; where there is none, the nearest ones are named."""
CalendarDay = Annotated[date, BeforeValidator(_require_day)]
"""A day as RFC 3339 has it; neither an instant nor a count of seconds is one."""
WholeNumber = BeforeValidator(to_integer)
"""Reads 5.0 as 5, which it is in JSON; stands beside `Field(strict=True)` of every integer in a body."""
Country = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$", examples=["US"]), AfterValidator(str.upper)]
TimeZone = Annotated[ShortText, Field(max_length=64, examples=["Europe/Paris"]), AfterValidator(_require_time_zone)]


def format_instant(moment: datetime) -> str:
    """Return `moment`, which is in UTC, as RFC 3339 with a `Z`."""
    return moment.isoformat().replace("+00:00", "Z")


def as_json(shape: type[BaseModel], row: object) -> dict[str, Any]:
    """Return the fields of `shape` as JSON values, each from the attribute or the key of its name in `row`."""
    return shape.model_validate(row, from_attributes=True).model_dump(mode="json")


def invalid(name: str, code: str, detail: str, part: Part = "body") -> ValidationFailed:
    """Return the problem of one field of a body, or of a parameter of another `part` of the request."""
    return ValidationFailed([FieldError(part, f"#/{name}", code, detail)])
