"""Who may do what: every operation, every actor. A new operation without a row here fails."""

from typing import Literal, NamedTuple

Caller = Literal["key", "token", "open", "secret"]


class Row(NamedTuple):
    """Who calls: the holder of a key with this scope, a partner with a token, whoever, or whoever knows a secret.

    `names` is whose object the path names, so that everybody else is told that there is no such thing.
    """

    caller: Caller
    scope: str | None = None
    names: str | None = None
    body: object = None


REPORT = {
    "time_together": {"hours_per_week": 4},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "full"},
    "activity_preferences": {"likes": {"walk": "love"}},
}

TABLE: dict[str, Row] = {
    "POST /v1/partners": Row("key", "people", body={"adult": True}),
    "GET /v1/partners": Row("key", "people"),
    "GET /v1/partners/{partner_id}": Row("key", "people", "partner"),
    "PATCH /v1/partners/{partner_id}": Row("key", "people", "partner", {"country": "US"}),
    "DELETE /v1/partners/{partner_id}": Row("key", "people", "partner"),
    "POST /v1/partners/{partner_id}/tokens": Row("key", "tokens", "partner", {"expires_in": 60}),
    "DELETE /v1/partners/{partner_id}/tokens/{token_id}": Row("key", "tokens", "partner"),
    "POST /v1/couples": Row("key", "people", "partner in the body"),
    "GET /v1/couples": Row("key", "people"),
    "GET /v1/couples/{couple_id}": Row("key", "people", "couple"),
    "DELETE /v1/couples/{couple_id}": Row("key", "people", "couple"),
    "POST /v1/couples/{couple_id}/invitations": Row("key", "people", "couple"),
    "GET /v1/keys": Row("key", "keys"),
    "POST /v1/keys": Row("key", "keys", body={}),
    "DELETE /v1/keys/{key_id}": Row("key", "keys", "key"),
    "POST /v1/invitations/accept": Row("token", body={"code": "0000-0000-0000-0000-0000"}),
    "DELETE /v1/me/couple": Row("token"),
    "GET /v1/me": Row("token"),
    "PATCH /v1/me": Row("token", body={"country": "US"}),
    "DELETE /v1/me": Row("token"),
    "GET /v1/me/consents": Row("token"),
    "PUT /v1/me/consents/{purpose}": Row("token", body={"version": "2026-12", "granted": True}),
    "PUT /v1/me/passphrase": Row("token", body={"passphrase": "a sentence of my own"}),
    "POST /v1/me/unlock": Row("token", body={"passphrase": "a sentence of my own"}),
    "DELETE /v1/me/unlock": Row("token"),
    "POST /v1/me/reports": Row("token", body=REPORT),
    "GET /v1/me/check-in": Row("token"),
    "POST /v1/me/check-ins": Row("token", body={"answers": REPORT}),
    "GET /v1/me/reports": Row("token"),
    "GET /v1/me/view": Row("token"),
    "POST /v1/me/explanations": Row("token", body={"target": "dance-class"}),
    "GET /v1/me/choices": Row("token"),
    "PUT /v1/me/choices/{activity}": Row("token", body={"choice": "yes"}),
    "DELETE /v1/me/choices/{activity}": Row("token"),
    "GET /v1/me/paths": Row("token"),
    "PUT /v1/me/paths/{path}": Row("token"),
    "DELETE /v1/me/paths/{path}": Row("token"),
    "GET /v1/me/plan": Row("token"),
    "PATCH /v1/me/plan/items/{item}": Row("token", names="item", body={"title": "walk"}),
    "POST /v1/me/plan/proposals": Row("token", body={"weeks": 1, "free": []}),
    "GET /v1/words": Row("open"),
    "GET /v1/locales": Row("open"),
    "POST /v1/me/calendar": Row("token"),
    "DELETE /v1/me/calendar": Row("token"),
    "GET /v1/calendars/{secret}.ics": Row("secret"),
    "POST /v1/me/feedback": Row("token", body={"activity": "dance-class", "outcome": "done"}),
    "GET /v1/me/progress": Row("token"),
    "GET /v1/me/export": Row("token"),
    "GET /v1/me/access-log": Row("token"),
    "GET /v1/me/tokens": Row("token"),
    "DELETE /v1/me/tokens/{token_id}": Row("token", names="token"),
    "GET /v1/decisions/{decision_id}": Row("token", names="decision"),
    "POST /v1/decisions/{decision_id}/replay": Row("token", names="decision"),
    "POST /v1/questions/next": Row("open"),
    "POST /v1/recommendations": Row("open"),
    "POST /v1/explanations": Row("open"),
    **{
        f"GET {path}": Row("open")
        for path in (
            "/",
            "/healthz",
            "/readyz",
            "/problems",
            "/problems/{problem}",
            "/v1/activities",
            "/v1/activities/{activity}",
            "/v1/claims",
            "/v1/claims/{claim}",
            "/v1/examples",
            "/v1/findings",
            "/v1/help",
            "/v1/insights",
            "/v1/paths",
            "/v1/properties",
            "/v1/questions",
            "/v1/rules",
            "/v1/rules/{rule}",
            "/v1/rulesets",
            "/v1/rulesets/{version}",
            "/v1/strategies",
        )
    },
}
