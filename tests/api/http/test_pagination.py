import base64

import pytest

from tests.api.strangers import another_integrator, the_same_with
from tests.people import Integrator


@pytest.fixture
def cursor(integrator: Integrator) -> str:
    """Of the list of partners, after the first of three."""
    for _ in range(3):
        integrator.add(agrees=False)
    given: str = integrator.get("/v1/partners?limit=1").json()["next_cursor"]
    return given


def mistakes(integrator: Integrator, path: str) -> list[tuple[str, str]]:
    answer = integrator.get(path)
    assert answer.status_code == 422, answer.text
    return [(mistake["in"], mistake["pointer"]) for mistake in answer.json()["errors"]]


def test_a_cursor_may_be_used_with_another_limit_and_again(integrator: Integrator, cursor: str) -> None:
    parts = [integrator.get(f"/v1/partners?limit=2&cursor={cursor}").json()["data"] for _ in range(2)]

    assert len(parts[0]) == 2
    assert parts[0] == parts[1]


def test_a_cursor_of_which_one_letter_is_changed_is_refused(integrator: Integrator, cursor: str) -> None:
    for place in range(2, len(cursor), 7):
        other = "A" if cursor[place] != "A" else "B"
        changed = cursor[:place] + other + cursor[place + 1 :]
        assert mistakes(integrator, f"/v1/partners?cursor={changed}") == [("query", "#/cursor")]


@pytest.mark.parametrize("broken", ["", "x", "%00", "%F0%9F%98%80", "a" * 500, "a" * 501, "==", "%2B%2F"])
def test_what_is_no_cursor_is_refused(integrator: Integrator, cursor: str, broken: str) -> None:
    assert mistakes(integrator, f"/v1/partners?cursor={broken}") == [("query", "#/cursor")]
    assert mistakes(integrator, f"/v1/partners?cursor={cursor}{broken or '!'}") == [("query", "#/cursor")]


def test_a_cursor_is_good_for_its_list_its_filters_and_its_caller_alone(
    integrator: Integrator, cursor: str, database_url: str
) -> None:
    assert mistakes(integrator, f"/v1/couples?cursor={cursor}") == [("query", "#/cursor")]
    assert mistakes(integrator, f"/v1/partners?external_id=a&cursor={cursor}") == [("query", "#/cursor")]
    for stranger in (another_integrator(integrator, database_url), the_same_with(integrator, database_url, "live")):
        stranger.add(agrees=False)
        assert mistakes(stranger, f"/v1/partners?cursor={cursor}") == [("query", "#/cursor")]


def test_another_key_of_the_same_integrator_reads_on(integrator: Integrator, cursor: str) -> None:
    other = Integrator(integrator.client, integrator.post("/v1/keys").json()["api_key"])

    assert len(other.get(f"/v1/partners?cursor={cursor}").json()["data"]) == 2


def test_nothing_can_be_read_from_a_cursor(integrator: Integrator) -> None:
    people = [integrator.add(agrees=False) for _ in range(2)]
    cursors = [integrator.get("/v1/partners?limit=1").json()["next_cursor"] for _ in range(2)]

    assert cursors[0] != cursors[1]
    opened = base64.urlsafe_b64decode(cursors[0] + "==")
    assert people[0].id.encode() not in opened
    assert b"[" not in opened[:1]
