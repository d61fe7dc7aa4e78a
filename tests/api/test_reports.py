from tests.people import REPORT, Integrator


def test_nothing_is_taken_before_the_partner_agreed(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    answer = person.post("/v1/me/reports", REPORT)

    assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")


def test_the_full_view_is_said_once_and_the_quiet_one_from_then_on(integrator: Integrator) -> None:
    person = integrator.add()

    said = person.report({"safety": {"fear": "yes"}})
    later = person.view()

    assert said["view"]["outcome"] == "support"
    assert later["view"]["outcome"] == "nothing_now"
    assert later["decision"] == said["decision"]


def test_the_same_request_again_is_answered_alike_and_stored_once(integrator: Integrator) -> None:
    person = integrator.add()

    first = person.post("/v1/me/reports", REPORT, Idempotency_Key="one")
    again = person.post("/v1/me/reports", REPORT, Idempotency_Key="one")
    other = person.post("/v1/me/reports", {**REPORT, "goal": "repair"}, Idempotency_Key="one")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
