from app.rulesets.sources import PLAN_TITLES
from tests.client import TestClient

# The list of words that a coded field of a response to a person is read with.
LISTS = {
    "View.outcome": "outcome",
    "Strategy.standing": "standing",
    "Strategy.id": "strategy",
    "Strategy.evidence": "evidence",
    "Activity.place": "place",
    "Activity.cost": "cost",
    "Activity.interaction": "interaction",
    "Activity.talk": "talk",
    "Activity.energy": "energy",
    "Activity.repeat": "repeat",
    "Activity.evidence": "evidence",
    "Reason.evidence": "evidence",
    "MyView.basis": "basis",
    "ReportTaken.basis": "basis",
    "Recommendation.basis": "basis",
    "Explanation.status": "explanation_status",
    "Alternative.then": "explanation_status",
    "Support.kind": "support_kind",
    "Choice.choice": "choice",
    "Feedback.outcome": "feedback_outcome",
    "PlanItem.title": "plan_title",
    "AccessEntry.kind": "access_event",
}


def words_of(client: TestClient) -> dict[str, dict[str, str]]:
    lists = client.get("/v1/words").json()["data"]
    return {one["id"]: {word["value"]: word["label"] for word in one["words"]} for one in lists}


def test_every_code_that_a_person_may_be_shown_has_words(client: TestClient) -> None:
    words, document = words_of(client), client.get("/openapi.json").json()["components"]["schemas"]
    coded = {
        f"{name}.{field}": node["x-extensible-enum"]
        for name in {field.partition(".")[0] for field in LISTS}
        for field, node in document[name]["properties"].items()
        if "x-extensible-enum" in node
    }

    assert coded.keys() <= LISTS.keys()
    for field, codes in coded.items():
        assert set(codes) <= words[LISTS[field]].keys(), field


def test_what_rules_read_and_what_stands_in_the_way_has_words(client: TestClient) -> None:
    words = words_of(client)
    findings = client.get("/v1/findings").json()["data"]
    activities = client.get("/v1/activities").json()["data"]

    assert {finding["id"] for finding in findings} == words["finding"].keys()
    assert {level for finding in findings for level in finding["values"]} <= words["level"].keys()
    assert {kind for one in activities for kind in one["kinds"]} <= words["kind"].keys()
    assert {reason for one in activities for reason in one["decline_reasons"]} <= words["decline_reason"].keys()
    assert {one["purpose"] for one in activities} <= words["purpose"].keys()
    assert {one["practice"] for one in activities} <= words["practice"].keys()


def test_every_answer_has_the_words_of_its_question(client: TestClient) -> None:
    words = words_of(client)
    for question in client.get("/v1/questions").json()["questions"]:
        labels = {one["value"]: one["label"] for one in question["levels"] if isinstance(one["value"], str)}
        listed = words["question"] if question["id"] == "keep_private" else words.get(question["id"], {})
        assert labels.items() <= listed.items(), question["id"]


def test_plan_titles_are_among_the_words_and_tell_no_activity(client: TestClient) -> None:
    titles = words_of(client)["plan_title"]

    assert list(titles) == list(PLAN_TITLES)
    assert titles["reserved"] == "Reserved"


def test_no_label_is_a_code(client: TestClient) -> None:
    labels = [label for words in words_of(client).values() for label in words.values()]

    assert [label for label in labels if "_" in label or not label] == []


def test_words_and_languages_may_be_kept(client: TestClient) -> None:
    for path in ("/v1/words", "/v1/locales"):
        answer = client.get(path)
        again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})

        assert answer.headers["cache-control"] == "public, max-age=300"
        assert (again.status_code, again.content) == (304, b"")


def test_english_is_whole_and_comes_first(client: TestClient) -> None:
    assert client.get("/v1/locales").json()["data"][0] == {"id": "en", "is_whole": True}
