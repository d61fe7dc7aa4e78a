"""Settings from environment variables, read once and frozen. No other module reads the environment."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "REKINDLE_"

DAY_SECONDS = 86_400
_WINDOWS = {"second": 1, "minute": 60, "hour": 3600, "day": DAY_SECONDS}
_USUAL_PORTS = {"http": ":80", "https": ":443"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII)
# Of a header's name (RFC 9110, 5.6.2), without the asterisk, which stands for all of them.
_TOKEN = re.compile(r"[!#$%&'+.^_`|~0-9A-Za-z-]{1,100}", re.ASCII)
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+", re.ASCII)
_OWN_PATHS = frozenset({"v1", "docs", "problems", "healthz", "readyz", "openapi.json"})
_RATE = re.compile(r"(\d{1,9})(?:\s*(?:/|per)\s*(\d{0,6})\s*(s|second|min|minute|h|hour|d|day)?s?)?", re.ASCII)


class UnusableSettings(Exception):
    """Raised with every mistake in the environment, one line each."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A number of requests in a window of seconds."""

    requests: int
    seconds: int

    def __str__(self) -> str:
        unit = next((name for name, size in _WINDOWS.items() if size == self.seconds), f"{self.seconds}s")
        return f"{self.requests}/{unit}"


def from_text(read: Callable[[str], object]) -> BeforeValidator:
    """Return a validator that reads a text, as the environment has it, and leaves a default as it is."""
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def _rate_limit(text: str) -> RateLimit | None:
    if text.strip().lower() == "off":
        return None
    match = _RATE.fullmatch(text.strip().lower())
    if not match:
        raise ValueError("write requests and window, such as 120/minute or 5/10s, or off")
    requests, count, unit = match.groups()
    unit = unit or ("second" if count else "minute")
    seconds = int(count or 1) * next(size for name, size in _WINDOWS.items() if name.startswith(unit))
    if not int(requests) or not seconds:
        raise ValueError("both the requests and the window must be at least 1")
    return RateLimit(int(requests), seconds)


def _listed(read: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of values separated by commas."""
    return lambda text: tuple(read(part.strip()) for part in text.split(",") if part.strip())


def _origin(text: str) -> str:
    """Read an origin as browsers write it; apps in a web view have schemes of their own, as `capacitor://localhost`."""
    if "*" in text or text == "null":
        raise ValueError(f"'{text}' stands for anybody; write each origin out, such as https://app.example")
    parts = urlsplit(text if "://" in text else f"https://{text}")
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()
    for scheme, port in _USUAL_PORTS.items():
        if parts.scheme == scheme:
            origin = origin.removesuffix(port)
    if not parts.netloc or not _SCHEME.fullmatch(parts.scheme):
        raise ValueError(f"'{text}' is not an origin; write each one out, such as https://app.example")
    if text.rstrip("/") != origin:
        raise ValueError(f"'{text}' is not an origin; did you mean {origin}?")
    return origin


def _header_name(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        name = re.sub(r"[^!#$%&'+.^_`|~0-9A-Za-z-]+", "-", text.partition(":")[0].strip()).strip("-")
        hint = f"did you mean {name}?" if name else "write names such as traceparent, baggage"
        raise ValueError(f"'{text}' is not the name of a header; {hint}")
    return text


def _proxy(text: str) -> str:
    try:
        return str(ip_network(text)) if "/" in text else str(ip_address(text))
    except ValueError:
        pass
    try:
        hint = f"did you mean {ip_network(text, strict=False)}?"
    except ValueError:
        hint = "write addresses or networks, such as 127.0.0.1, 172.16.0.0/12"
    raise ValueError(f"'{text}' is not an address; {hint}")


def _root_path(text: str) -> str:
    path = text.strip()
    plain = "/" + "/".join(part for part in urlsplit(path).path.split("/") if part)
    if plain == "/":
        return ""
    if path.rstrip("/") != plain or not _PATH.fullmatch(plain):
        near = plain if _PATH.fullmatch(plain) else "/rekindle"
        raise ValueError(f"'{path}' is not a path; write one such as {near}")
    if plain.split("/")[1] in _OWN_PATHS:
        raise ValueError(f"the server has paths below {plain} of its own; write another one, such as /rekindle")
    return plain


def _public_url(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("write the address of the server, such as https://rekindle.example")
    return address


def _database_url(text: str) -> str:
    scheme, colon, rest = text.partition("://")
    drivers = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}
    scheme = drivers.get(scheme, scheme)
    if not colon or scheme not in drivers.values():
        raise ValueError("write sqlite:///file.db or postgresql://name:password@host/database")
    if scheme.startswith("sqlite") and (not rest.startswith("/") or rest in {"/", "/:memory:"}):
        raise ValueError("an SQLite database is a file; write sqlite:///file.db, or sqlite:////var/lib/file.db")
    return f"{scheme}://{rest}"


def _folder(text: str) -> Path:
    folder = Path(text)
    if folder.is_dir():
        return folder
    beside = [str(one) for one in folder.parent.glob("*/")] if folder.parent.is_dir() else []
    near = get_close_matches(str(folder), beside, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"there is no folder {text}{hint}")


class Settings(BaseSettings):
    """The configuration of a server. Each field is read from the variable REKINDLE_ and its name in capitals.

    `docs/settings.md` says what each does.
    """

    # Compose files pass a variable that is not set as an empty one.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", validate_default=True
    )

    database_url: Annotated[str, from_text(_database_url)] = Field("sqlite:///rekindle.db", repr=False)
    key_file: Path = Path("rekindle.keys")
    public_url: Annotated[str | None, from_text(_public_url)] = None
    root_path: Annotated[str, from_text(_root_path)] = ""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, from_text(_listed(_proxy))] = ()
    require_row_security: bool = True
    require_key: bool = False
    rate_limit: Annotated[RateLimit | None, NoDecode, from_text(_rate_limit)] = RateLimit(3000, 60)
    quota_invitations: int = Field(5, ge=1, le=1000)
    quota_tokens: int = Field(20, ge=1, le=1000)
    quota_explanations: int = Field(40, ge=1, le=1_000_000)
    cors_origins: Annotated[tuple[str, ...], NoDecode, from_text(_listed(_origin))] = ()
    cors_headers: Annotated[tuple[str, ...], NoDecode, from_text(_listed(_header_name))] = ()
    log_level: Annotated[Literal["debug", "info", "warning", "error"], from_text(str.lower)] = "info"
    log_format: Annotated[Literal["json", "console"], from_text(str.lower)] = "console"
    content: Annotated[Path | None, from_text(_folder)] = None
    ruleset: str | None = None
    maintenance: bool = True
    body_limit: int = Field(262_144, ge=1024, le=16_777_216)

    @property
    def content_folder(self) -> Path:
        return self.content or Path(__file__).parent / "content"


def read_settings() -> Settings:
    """Read the settings. Raises `UnusableSettings` with every mistake."""
    present = {name.upper() for name, value in os.environ.items() if value and name.upper().startswith(PREFIX)}
    known = [f"{PREFIX}{field}".upper() for field in Settings.model_fields]
    mistakes = [_unknown(name, known) for name in sorted(present.difference(known))]
    try:
        settings = Settings()
    except ValidationError as error:
        mistakes += [_wrong(detail) for detail in error.errors(include_url=False)]
    if mistakes:
        raise UnusableSettings(tuple(mistakes))
    return settings


def environment_with(**variables: str) -> dict[str, str]:
    """Return the environment for a program that this process starts, with more `variables`."""
    return {**os.environ, **variables}


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.8)
    hint = f"did you mean {near[0]}?" if near else "the settings are listed in docs/settings.md"
    return f"{name}: there is no such setting; {hint}"


_MESSAGES = {"bool_parsing": "must be true or false", "int_parsing": "must be a whole number"}


def _wrong(detail: ErrorDetails) -> str:
    """Describe a mistake without the value, which may hold a password, but for the nearest of the words allowed."""
    plain = detail["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    near = _nearest(detail) if detail["type"] == "literal_error" else ""
    return f"{PREFIX}{detail['loc'][0]}".upper() + f": {_MESSAGES.get(detail['type'], plain)}{near}"


def _nearest(detail: ErrorDetails) -> str:
    allowed = re.findall(r"'([^']+)'", detail["ctx"]["expected"])
    near = get_close_matches(str(detail["input"]), allowed, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
