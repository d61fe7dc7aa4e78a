from itertools import product
from typing import Any

import pytest

from app.engine.conditions import clause_truth, truth
from app.rulesets.active_ruleset import ActiveRuleset
from tests.client import TestClient

Json = dict[str, Any]


def read(client: TestClient, what: str) -> list[Json]:
    entries: list[Json] = client.get(f"/v1/{what}").json()["data"]
    return entries


def holds(node: Json, known: dict[str, str]) -> bool | None:
    """Reads a condition as anyone could who has only the catalogue."""
    match node["kind"]:
        case "all" | "any":
            parts = [holds(part, known) for part in node["parts"]]
            decisive = node["kind"] == "any"
            return decisive if decisive in parts else None if None in parts else not decisive
        case "not":
            inner = holds(node["parts"][0], known)
            return None if inner is None else not inner
        case _:
            value = known.get(node["finding"])
            return None if value is None else value in node["holds_for"]


@pytest.mark.parametrize("what", ["rules", "insights"])
def test_conditions_as_data_say_what_the_engine_says(client: TestClient, rulesets: ActiveRuleset, what: str) -> None:
    values_of = {finding["id"]: finding["values"] for finding in read(client, "findings")}
    conditions = {each.id: each.when for each in getattr(rulesets.current.ruleset, what)}

    for entry in read(client, what):
        for values in product(*([None, *values_of[finding]] for finding in entry["reads"])):
            known = {finding: value for finding, value in zip(entry["reads"], values, strict=True) if value}
            codes = {finding: values_of[finding].index(value) for finding, value in known.items()}
            expected = truth(conditions[entry["id"]], lambda leaf, codes=codes: clause_truth(leaf, codes))  # type: ignore[misc]
            assert holds(entry["when"], known) is expected


@pytest.mark.parametrize("what", ["rules", "insights"])
def test_scenarios_show_both_sides_of_the_line(client: TestClient, what: str) -> None:
    for entry in read(client, what):
        for scenario in entry["scenarios"]:
            assert (holds(entry["when"], scenario["given"]) is True) is (scenario["expect"] == "fires")
        sides = {scenario["expect"] for scenario in entry["scenarios"]}
        assert sides == {"fires", "silent"} if entry["reads"] else sides == {"fires"}


def test_a_rule_suggests_with_a_need_or_withholds(client: TestClient) -> None:
    activities = read(client, "activities")
    named = {activity[part] for activity in activities for part in ("practice", "purpose")}

    for rule in read(client, "rules"):
        assert (rule["suggests"] is None) is (rule["need"] is None) is bool(rule["withholds"] or rule["asks"])
        assert {rule["suggests"] or "retreat", *rule["withholds"]} <= named


def test_a_rule_is_a_sentence_too(client: TestClient) -> None:
    rule = client.get("/v1/rules/structure-first-when-talk-is-strained").json()

    assert rule["sentence"] == "When talking feels strained: suggest take turns (strong need)."


def test_rules_that_read_a_private_finding_are_listed_like_any_other(client: TestClient) -> None:
    private = {finding["id"] for finding in read(client, "findings") if finding["label"] == "private"}
    reading = [rule for rule in read(client, "rules") if private & set(rule["reads"])]

    assert reading
    assert {rule["suggests"] for rule in reading} == {None}
    assert {"leaning_out", "breach"} <= {finding for rule in reading for finding in rule["reads"]}


def test_a_finding_says_which_answers_it_reads_and_how(client: TestClient) -> None:
    questions = {question["id"]: question for question in client.get("/v1/questions").json()["questions"]}

    for finding in read(client, "findings"):
        read_by_derivation = set(answers_in(finding["derivation"]))
        assert read_by_derivation == set(finding["reads"]) <= set(questions)
        audiences = {questions[path]["audience"] for path in finding["reads"]}
        if "private" in audiences:
            assert finding["label"] == "private"
        if finding["label"] == "mutual":
            assert audiences == {"mutual"}
        assert {tried["value"] for tried in finding["derivation"]["tried"]} <= set(finding["values"])
        assert (finding["both"] == "gap") is (finding["derivation"]["gap"] is not None)


def answers_in(part: Any) -> list[str]:
    if isinstance(part, list):
        return [path for each in part for path in answers_in(each)]
    if not isinstance(part, dict):
        return []
    own = [part[name] for name in ("answer", "of") if name in part]
    return own + [path for each in part.values() for path in answers_in(each)]


def test_derivations_speak_of_answers_as_a_report_holds_them(client: TestClient) -> None:
    derivations = {finding["id"]: finding["derivation"]["tried"] for finding in read(client, "findings")}

    low = next(tried["when"] for tried in derivations["time"] if tried["value"] == "low")
    assert low == {
        "kind": "sum",
        "terms": [
            {"factor": 1, "answer": "time_together.desired_hours_per_week"},
            {"factor": -1, "answer": "time_together.hours_per_week"},
        ],
        "op": ">=",
        "constant": 1,
    }
    assert derivations["start"][0]["when"]["holds_for"] == [False]
    assert derivations["trust"][0]["when"]["holds_for"] == [1, 2]
