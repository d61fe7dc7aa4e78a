import os
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

import pytest
from pydantic import ValidationError

from app import settings as module
from app.settings import PREFIX, RateLimit, Settings, UnusableSettings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"


def read_settings(environment: Mapping[str, str]) -> Settings:
    with patch.dict(os.environ, environment, clear=True):
        return module.read_settings()


def mistakes_in(**variables: str) -> tuple[str, ...]:
    with pytest.raises(UnusableSettings) as caught:
        read_settings({f"{PREFIX}{name.upper()}": value for name, value in variables.items()})
    return caught.value.mistakes


def setting(name: str, value: str) -> object:
    return getattr(read_settings({f"{PREFIX}{name.upper()}": value}), name)


def test_without_any_variable_the_settings_are_usable() -> None:
    settings = read_settings({"PATH": "/bin"})

    assert settings.database_url == "sqlite+aiosqlite:///rekindle.db"
    assert settings.rate_limit == RateLimit(3000, 60)
    assert settings.content_folder.joinpath("claims.yaml").is_file()


def test_an_empty_variable_is_as_if_it_were_not_there() -> None:
    empty = {f"{PREFIX}{name.upper()}": "" for name in Settings.model_fields}

    assert read_settings(empty) == read_settings({})


def test_settings_do_not_change_while_a_server_runs() -> None:
    with pytest.raises(ValidationError):
        read_settings({}).require_key = True  # type: ignore[misc]


def test_all_mistakes_are_named_at_once_and_in_one_line_each() -> None:
    mistakes = mistakes_in(require_keys="1", require_key="perhaps", body_limit="lots", log_level="loud", colour="red")

    assert mistakes == (
        "REKINDLE_COLOUR: there is no such setting; the settings are listed in docs/settings.md",
        "REKINDLE_REQUIRE_KEYS: there is no such setting; did you mean REKINDLE_REQUIRE_KEY?",
        "REKINDLE_REQUIRE_KEY: must be true or false",
        "REKINDLE_LOG_LEVEL: must be 'debug', 'info', 'warning' or 'error'",
        "REKINDLE_BODY_LIMIT: must be a whole number",
    )


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgres://me:secret@db/rekindle", "postgresql+asyncpg://me:secret@db/rekindle"),
        ("postgresql://me@db/rekindle?sslmode=require", "postgresql+asyncpg://me@db/rekindle?sslmode=require"),
        ("postgresql+asyncpg://me@db/rekindle", "postgresql+asyncpg://me@db/rekindle"),
        ("sqlite:////var/lib/rekindle.db", "sqlite+aiosqlite:////var/lib/rekindle.db"),
    ],
)
def test_a_database_is_named_the_way_hosts_hand_it_out(given: str, url: str) -> None:
    assert setting("database_url", given) == url


@pytest.mark.parametrize("given", ["mysql://me:secret@db/rekindle", "secret", "sqlite://", "sqlite:///:memory:"])
def test_another_database_is_refused_without_repeating_its_password(given: str) -> None:
    (mistake,) = mistakes_in(database_url=given)

    assert mistake.startswith("REKINDLE_DATABASE_URL: ")
    assert "secret" not in mistake


def test_the_password_of_the_database_is_not_shown_with_the_settings() -> None:
    settings = read_settings({"REKINDLE_DATABASE_URL": "postgresql://me:secret@db/rekindle"})

    assert "secret" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ("120", RateLimit(120, 60)),
        ("120/minute", RateLimit(120, 60)),
        ("5/10s", RateLimit(5, 10)),
        ("5/10", RateLimit(5, 10)),
        ("1000 per hour", RateLimit(1000, 3600)),
        ("3/2 days", RateLimit(3, 172_800)),
    ],
)
def test_a_rate_limit_is_read_the_way_people_write_it(given: str, limit: RateLimit) -> None:
    assert setting("rate_limit", given) == limit


def test_a_rate_limit_can_be_set_off() -> None:
    assert setting("rate_limit", "off") is None


@pytest.mark.parametrize("given", ["often", "0/minute", "5/0s", "-1", "5/fortnight", "1.5/s"])
def test_a_rate_limit_that_limits_nothing_or_everything_is_refused(given: str) -> None:
    assert mistakes_in(rate_limit=given)


def test_origins_are_written_out_one_by_one() -> None:
    given = "https://app.example, http://localhost:3000/,capacitor://localhost,tauri://localhost,chrome-extension://abc"

    assert setting("cors_origins", given) == (
        "https://app.example",
        "http://localhost:3000",
        "capacitor://localhost",
        "tauri://localhost",
        "chrome-extension://abc",
    )


@pytest.mark.parametrize(
    ("name", "given", "hint"),
    [
        ("cors_origins", "*", "write each origin out, such as https://app.example"),
        ("cors_origins", "null", "write each origin out, such as https://app.example"),
        ("cors_origins", "https://*.example", "write each origin out, such as https://app.example"),
        ("cors_origins", "app.example", "did you mean https://app.example?"),
        ("cors_origins", "https://App.example/path", "did you mean https://app.example?"),
        ("cors_origins", "https://me:secret@app.example", "did you mean https://app.example?"),
        ("cors_origins", "https://app.example:443", "did you mean https://app.example?"),
        ("cors_origins", "file:///index.html", "write each one out, such as https://app.example"),
        ("cors_headers", "*", "such as traceparent, baggage"),
        ("cors_headers", "trace parent", "did you mean trace-parent?"),
        ("cors_headers", "traceparent: 1", "did you mean traceparent?"),
        ("trusted_proxies", "172.16.0.1/12", "did you mean 172.16.0.0/12?"),
        ("trusted_proxies", "*", "such as 127.0.0.1, 172.16.0.0/12"),
        ("trusted_proxies", "proxy.internal", "such as 127.0.0.1, 172.16.0.0/12"),
        ("root_path", "rekindle", "write one such as /rekindle"),
        ("root_path", "https://couples.example/apps//rekindle", "write one such as /apps/rekindle"),
        ("root_path", "/a b", "write one such as /rekindle"),
        ("root_path", "/v1", "write another one, such as /rekindle"),
        ("log_level", "warn", "must be 'debug', 'info', 'warning' or 'error'; did you mean 'warning'?"),
    ],
)
def test_a_mistake_names_the_nearest_right_answer(name: str, given: str, hint: str) -> None:
    (mistake,) = mistakes_in(**{name: given})

    assert mistake.startswith(f"{PREFIX}{name.upper()}: ")
    assert mistake.endswith(hint)


def test_proxies_and_the_prefix_are_read_the_way_people_write_them() -> None:
    assert setting("trusted_proxies", "127.0.0.1, fd00::/8") == ("127.0.0.1", "fd00::/8")
    assert [setting("root_path", given) for given in ("/", "/rekindle/", "/a/b")] == ["", "/rekindle", "/a/b"]


def test_content_is_a_folder_that_is_there(tmp_path: Path) -> None:
    assert setting("content", str(tmp_path)) == tmp_path
    (mistake,) = mistakes_in(content=f"{tmp_path}s")
    assert mistake.endswith(f"; did you mean {tmp_path}?")


def start_of_row(name: str) -> str:
    field = Settings.model_fields[name]
    default = {None: "none", (): "none", "": "none", True: "`true`", False: "`false`"}.get(
        field.default, f"`{field.default}`"
    )
    return f"| `{PREFIX}{name.upper()}` | {default} | "


def test_the_page_about_settings_lists_every_one_with_its_default_and_what_it_does() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{PREFIX}")]

    for row, name in zip(rows, Settings.model_fields, strict=True):
        assert row.startswith(start_of_row(name))
        assert row.removeprefix(start_of_row(name)).endswith(". |")
