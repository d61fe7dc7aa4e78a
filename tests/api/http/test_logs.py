import json
import logging
from collections.abc import Generator
from typing import Any

import pytest
import structlog

from app.api.http.logs import SERVER_LOGGERS, configure_logs, describe_error
from tests.people import Integrator


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Generator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    servers = {
        name: (logging.getLogger(name).handlers[:], logging.getLogger(name).propagate) for name in SERVER_LOGGERS
    }
    yield
    root.handlers[:], root.level = before
    for name, (handlers, propagate) in servers.items():
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = handlers, propagate
    structlog.reset_defaults()


def fail(error: Exception) -> None:
    raise error


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_our_lines_and_those_of_libraries_have_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")

    structlog.get_logger().info("answered", status=200)
    logging.getLogger("uvicorn.error").info("Started %s", "server")

    ours, theirs = lines(capsys)
    assert ours.keys() == {"event", "level", "timestamp", "status"}
    assert theirs["event"] == "Started server"
    assert theirs["level"] == "info"


def test_less_serious_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning", "json")

    structlog.get_logger().info("answered")
    logging.getLogger("sqlalchemy").info("connected")

    assert not lines(capsys)


def test_the_server_tells_no_request_a_second_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")

    logging.getLogger("uvicorn.access").info("GET /v1/calendars/secret.ics")

    assert not lines(capsys)


def test_an_exception_is_told_by_type_and_place_alone(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    try:
        fail(LookupError("the answer was yes"))
    except LookupError:
        logging.getLogger("library").exception("It failed")

    (line,) = lines(capsys)
    assert line["error"][0] == "LookupError"
    assert "test_logs.py" in line["error"][1]
    assert "yes" not in str(line)


def test_the_cause_is_told_too() -> None:
    try:
        try:
            fail(KeyError("secret"))
        except KeyError as error:
            raise ValueError("secret") from error
    except ValueError as error:
        told = describe_error(error)

    assert [line for line in told if line.endswith("Error")] == ["ValueError", "KeyError"]
    assert "secret" not in str(told)


def test_for_people_there_is_a_readable_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "console")

    event = {"status": 200, "route": "/v1/help", "error": ["a b"], "problem": "a b", "forged": "x\n2026"}
    structlog.get_logger().info("answered", **event)

    said = capsys.readouterr().out
    whole = {"timestamp": said.split()[0], "level": "info", "event": "answered", **event}
    assert said == f"{structlog.dev.ConsoleRenderer(colors=False)(None, 'info', whole)}\n"


@pytest.mark.parametrize("libraries", [logging.WARNING, logging.DEBUG])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_statement_is_logged_with_its_values_even_where_we_say_most(
    integrator: Integrator, capsys: pytest.CaptureFixture[str], libraries: int
) -> None:
    configure_logs("debug", "json")
    if libraries == logging.DEBUG:
        # The control: as it would be if libraries wrote as much as we do.
        logging.getLogger().setLevel(libraries)

    person = integrator.add(external_id="member-4711", time_zone="Pacific/Chatham")
    person.report()
    person.view()

    said = capsys.readouterr().out
    assert "/v1/me/reports" in said
    found = [word for word in ("Pacific/Chatham", person.id, "INSERT INTO") if word in said]
    assert bool(found) == (libraries == logging.DEBUG)
