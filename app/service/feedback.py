"""Feedback on an activity. It changes only its owner's view."""

from typing import Any

from app.rulesets.library import Library
from app.service.choices import activities_of, end_yes_to_what_was_done
from app.service.consents import require_processing
from app.service.feedback_codec import Feedback, seal_feedback
from app.service.past import fold
from app.service.session import Session
from app.service.tokens import Login
from app.store.crypto.ids import new_id, new_key
from app.store.queries import feedback as stored_feedback


async def give_feedback(session: Session, login: Login, library: Library, ruleset: str | None, **body: Any) -> Feedback:
    """Store the fields of feedback, and the version of the ruleset of its decision. Raises `ConsentRequired`."""
    partner = login.partner
    await require_processing(session, partner)
    key, id_, today = new_key(), new_id("fdb"), session.now.date()
    values = {"key": key, "id": id_, "partner_key": partner.key, "given_on": today}
    feedback = Feedback(id_, today, **body, ruleset=ruleset, generation=login.generation)
    await stored_feedback.add(session.connection, **values, sealed=seal_feedback(partner, key, feedback))
    await fold(session, partner, lambda past: past.with_feedback(feedback))
    if feedback.outcome == "done":
        await end_yes_to_what_was_done(session, partner, library, activities_of(library)[feedback.activity])
    return feedback
