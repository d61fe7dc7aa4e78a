"""What one couple is shown is shown to no other: many on one server read what the stateless answer says to each."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from app.api.me import view
from tests.contract.self_report import POOLED, some_value, with_answer
from tests.people import REPORT, Integrator
from tests.privacy.worlds import PATH

COUPLES = 7
WARM = {**REPORT, "closeness": {"level": 4}}


def nearly_alike() -> Iterator[dict[str, Any]]:
    """Yield reports that differ in one answer each: most lead to one list, for reasons of one's own."""
    random = Random(4)
    for path in random.sample(sorted(POOLED), COUPLES):
        yield with_answer(REPORT, path, some_value(random, path))


def told_otherwise(integrator: Integrator) -> list[Any]:
    """Live with couples that are nearly alike; return the answers of whoever reads what these alone would not give."""
    readers = []
    for report in nearly_alike():
        a, b = integrator.add(country="US"), integrator.add()
        integrator.link(a, b)
        b.report(WARM)
        a.report(report)
        readers.append((a, report))
    return [report for a, report in readers if a.view()["view"] != stateless(integrator, report)]


def stateless(integrator: Integrator, report: dict[str, Any]) -> Any:
    answers = {"reports": {"a": report, "b": WARM}, "viewer": "a", "country": "US"}
    drawn = {"seed": "one", "turn": 0, "explain": "reasons"}
    return integrator.client.post(PATH, json={**answers, **drawn}).json()["views"]["a"]


@pytest.mark.usefixtures("one_seed")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_of_many_couples_reads_what_their_own_answers_give(integrator: Integrator) -> None:
    assert told_otherwise(integrator) == []


@pytest.mark.usefixtures("one_seed")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_words_that_are_kept_for_a_list_and_not_for_its_reader_are_found(
    integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, kept = view.__dict__["view_members"], dict[Any, bytes]()

    def write_once(request: Any, library: Any, rendered: Any, locale: str) -> bytes:
        shown = rendered.view
        key = (
            locale,
            rendered.basis,
            rendered.country,
            shown.outcome,
            tuple(each.position for each in shown.activities),
        )
        return kept.setdefault(key, write(request, library, rendered, locale))

    monkeypatch.setattr(view, "view_members", write_once)
    assert told_otherwise(integrator)
