"""The data inventory: owner, label, purpose, export and retention of every column.

Maintenance, the page `docs/data-inventory.md` and the tests read it; a column without an entry fails them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

Owner = Literal["partner", "couple", "integrator", "service"]
Label = Literal["private", "pooled", "public"]


class RetentionRule(NamedTuple):
    """A rule that removes a row when `after` has passed since the moment in `column`."""

    column: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """The retention of a table in words, with the rules by which maintenance removes its rows."""

    description: str
    rules: tuple[RetentionRule, ...] = ()


class Column(NamedTuple):
    """An entry for one column; `export` is its path in the export, or None with the reason in `not_exported`."""

    label: Label
    purpose: str
    export: str | None = None
    not_exported: str | None = None


@dataclass(frozen=True, slots=True)
class TableRecord:
    """The entry of one table; `outlives_erasure` is why its rows stay when their owner is erased, if they do."""

    owner: Owner
    retention: Retention
    columns: Mapping[str, Column]
    outlives_erasure: str | None = None


class Field(NamedTuple):
    """A column with the attributes of its entry and of its table."""

    table: str
    name: str
    owner: Owner
    label: Label
    purpose: str
    retention: Retention


UNTIL_ERASED = Retention("until its owner is erased")
UNTIL_ENDED = Retention("until the couple is ended, or nobody is left in it")
WITH_THE_INTEGRATOR = Retention("as long as the integrator is registered")
ALWAYS = Retention("for good")

_NO_MEANING = "it joins rows inside the database and says nothing"
_HASH_ALONE = "only a hash is kept; it can be turned into nothing"
_SAID_ABOVE = "it repeats what the export says elsewhere"
_UNTOLD = "whether there is a passphrase is told to nobody who holds the device"


def _internal(purpose: str) -> Column:
    return Column("public", purpose, not_exported=_NO_MEANING)


def _plain(purpose: str, export: str) -> Column:
    return Column("public", purpose, export)


def _service(purpose: str) -> Column:
    return Column("public", purpose)


DATA_INVENTORY: Mapping[str, TableRecord] = {
    "integrators": TableRecord(
        "integrator",
        WITH_THE_INTEGRATOR,
        {
            "id": _service("names it on the wire"),
            "name": _service("tells the operator who it is"),
            "created_at": _service("since when it has been there"),
        },
    ),
    "api_keys": TableRecord(
        "integrator",
        WITH_THE_INTEGRATOR,
        {
            "id": _service("names a key without showing it"),
            "integrator_id": _service("whose key it is"),
            "mode": _service("keeps test and live data apart"),
            "scopes": _service("what the key may do"),
            "hash": _service("recognises the key, which is kept nowhere"),
            "last_four": _service("lets its holder tell keys apart"),
            "created_at": _service("since when it works"),
            "expires_at": _service("until when it works"),
            "revoked_at": _service("from when on it does not"),
        },
    ),
    "data_keys": TableRecord(
        "service",
        Retention("until its owner is erased; what wraps it changes every day"),
        {
            "owner": _service("whose columns it opens"),
            "epoch": _service("which key-encryption key wraps it"),
            "wrapped": _service("the key, useless without the file of keys"),
        },
    ),
    "partners": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "key": _internal("joins what is theirs"),
            "id": _plain("names them on the wire", "partner.id"),
            "integrator_id": Column(
                "public", "through which app they are here", not_exported="the app is the one that the export came from"
            ),
            "mode": _plain("keeps test and live data apart", "partner.mode"),
            "external_id": _plain("lets a retry of the integrator find them", "partner.external_id"),
            "country": _plain("which help lines are shown", "partner.country"),
            "locale": _plain("which language is spoken", "partner.locale"),
            "time_zone": _plain("when things in their plan are", "partner.time_zone"),
            "created_on": _plain("when adulthood was attested", "partner.created_on"),
        },
    ),
    "passphrases": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "partner_key": _internal("whose it is"),
            "sealed": Column("private", "unlocks the full view", not_exported=_UNTOLD),
            "failures": Column("public", "slows guessing down", not_exported=_UNTOLD),
            "paused_until": Column("public", "slows guessing down", not_exported=_UNTOLD),
        },
    ),
    "tokens": TableRecord(
        "partner",
        Retention("30 days after it expired", (RetentionRule("expires_at", timedelta(days=30)),)),
        {
            "key": _internal("joins it to what it unlocked"),
            "id": _plain("names a login without showing it", "logins[].id"),
            "partner_key": _internal("whose login it is"),
            "hash": Column("public", "recognises the token, which is kept nowhere", not_exported=_HASH_ALONE),
            "api_key_id": _plain("which key of the app made it", "logins[].made_by"),
            "created_at": _plain("since when it works", "logins[].created_at"),
            "expires_at": _plain("until when it works", "logins[].expires_at"),
            "revoked_at": _plain("from when on it does not", "logins[].ended_at"),
            "unlocked_until": Column("public", "until when it reads what is private", not_exported=_UNTOLD),
        },
    ),
    "couples": TableRecord(
        "couple",
        UNTIL_ENDED,
        {
            "key": _service("joins what the two do together"),
            "id": _service("names the link on the wire"),
            "integrator_id": _service("through which app it was made"),
            "mode": _service("keeps test and live data apart"),
            "created_on": _service("on which day it was made"),
        },
    ),
    "members": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "couple_key": _plain("to which couple they belong", "couples[].id"),
            "place": _plain("who was there first", "couples[].invited"),
            "partner_key": _internal("who it is"),
            "standing": _plain("whether they are linked, as far as they themselves go", "couples[].standing"),
        },
    ),
    "invitations": TableRecord(
        "couple",
        Retention(
            "until it was used or has expired",
            (RetentionRule("expires_at", timedelta()), RetentionRule("used_at", timedelta())),
        ),
        {
            "key": _service("names it inside the database"),
            "couple_key": _service("into which couple it leads"),
            "hash": _service("recognises the code, which is kept nowhere"),
            "expires_at": _service("until when it works"),
            "used_at": _service("that it was used, once"),
        },
    ),
    "consents": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "partner_key": _internal("who decided"),
            "purpose": _plain("about what", "consents[].purpose"),
            "version": _plain("by which text", "consents[].version"),
            "granted": _plain("yes or no", "consents[].granted"),
            "decided_at": _plain("when", "consents[].decided_at"),
            "couple_key": Column("public", "for which link pooling is", not_exported=_SAID_ABOVE),
        },
    ),
    "reports": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "key": _internal("joins its two parts"),
            "id": _plain("names it on the wire", "reports[].id"),
            "partner_key": _internal("who answered"),
            "reported_at": _plain("which answers count, and from which week on", "reports[].reported_on"),
            "pooled": Column("pooled", "makes both views", "reports[].answers"),
        },
    ),
    "private_answers": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "report_key": _internal("of which report"),
            "partner_key": _internal("who answered"),
            "sealed": Column("private", "makes their own view alone", "reports[].answers.private"),
        },
    ),
    "held_support": TableRecord(
        "partner",
        Retention("until its owner is erased; each kind counts for 12 months"),
        {
            "partner_key": _internal("whose it is"),
            "sealed": Column("private", "shows help again to the one who needed it", "held_support"),
        },
    ),
    "decisions": TableRecord(
        "partner",
        Retention("90 days", (RetentionRule("made_at", timedelta(days=90)),)),
        {
            "key": _internal("names it inside the database"),
            "id": _plain("names it on the wire", "decisions[].id"),
            "partner_key": _internal("whose view it was"),
            "made_at": _plain("until when it is kept", "decisions[].made_on"),
            "ruleset": _plain("by which rules it can be given again", "decisions[].ruleset.version"),
            "digest": _plain("that these rules are the same to the byte", "decisions[].ruleset.digest"),
            "inputs": Column("private", "a keyed mark: whether anything has changed", not_exported=_HASH_ALONE),
            "sealed": Column("private", "gives the view again", "decisions[].answers"),
        },
    ),
    "choices": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "partner_key": _internal("who chose"),
            "mark": Column("private", "a keyed mark: of which activity it is", not_exported=_HASH_ALONE),
            "sealed": Column("private", "makes their own view and plan", "choices"),
        },
    ),
    "yeses": TableRecord(
        "partner",
        Retention("until the second weekly turn after it was given", (RetentionRule("until", timedelta()),)),
        {
            "couple_key": _internal("in which couple"),
            "mark": Column("private", "a keyed mark: finds what both said yes to", not_exported=_SAID_ABOVE),
            "partner_key": _internal("who said it"),
            "until": Column("public", "until when it counts", not_exported=_SAID_ABOVE),
        },
    ),
    "appointments": TableRecord(
        "couple",
        Retention("until one of the two takes it away, unlinks or is erased"),
        {
            "couple_key": _service("of which couple"),
            "mark": Column("pooled", "a keyed mark: of which activity it is"),
            "sealed": Column("pooled", "when the two want to do it"),
        },
    ),
    "plan_items": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "partner_key": _internal("whose plan it is in"),
            "id": _plain("names it on the wire", "plan[].id"),
            "sealed": Column("private", "how it is called in their calendar, and when it is", "plan[].title"),
        },
    ),
    "calendars": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "partner_key": _plain("whose plan it shows", "calendar"),
            "hash": Column("public", "recognises the secret address, which is kept nowhere", not_exported=_HASH_ALONE),
        },
    ),
    "feedback": TableRecord(
        "partner",
        UNTIL_ERASED,
        {
            "key": _internal("names it inside the database"),
            "id": _plain("names it on the wire", "feedback[].id"),
            "partner_key": _internal("who gave it"),
            "given_on": _plain("how long something rests", "feedback[].given_on"),
            "sealed": Column("private", "makes their own view alone", "feedback[].activity"),
        },
    ),
    "audit_events": TableRecord(
        "partner",
        ALWAYS,
        {
            "partner_id": Column("public", "whose data it was about", not_exported=_SAID_ABOVE),
            "number": Column(
                "public", "that none is missing", not_exported="a number left out would tell that there is a passphrase"
            ),
            "event": _plain("what was done", "access_log[].kind"),
            "subject": _plain("by or to what, as an id", "access_log[].key"),
            "happened_on": _plain("on which day", "access_log[].day"),
            "hash": Column("public", "that none was changed", not_exported=_HASH_ALONE),
        },
        outlives_erasure="it shows that the erasure was done; it holds ids that name nobody any more",
    ),
    "audit_heads": TableRecord(
        "partner",
        ALWAYS,
        {
            "partner_id": Column("public", "whose chain it is", not_exported=_SAID_ABOVE),
            "number": Column("public", "where the chain ends", not_exported=_SAID_ABOVE),
            "hash": Column("public", "that nothing was cut off", not_exported=_HASH_ALONE),
        },
        outlives_erasure="it shows that no event was cut off",
    ),
    "kept_replies": TableRecord(
        "partner",
        Retention("24 hours", (RetentionRule("expires_at", timedelta()),)),
        {
            "caller": Column("public", "whose request it was", not_exported=_SAID_ABOVE),
            "key_hash": Column("public", "recognises the request", not_exported=_HASH_ALONE),
            "request_hash": Column("public", "that it is the same request", not_exported=_HASH_ALONE),
            "expires_at": Column("public", "until when a retry is answered alike", not_exported=_SAID_ABOVE),
            "status": Column("public", "how it was answered", not_exported=_SAID_ABOVE),
            "sealed": Column("private", "what it was answered", not_exported=_SAID_ABOVE),
            "about": Column("public", "goes with whom it is about", not_exported=_SAID_ABOVE),
        },
    ),
    "erasures": TableRecord(
        "service",
        ALWAYS,
        {
            "receipt": _service("names the erasure for the one who asked for it"),
            "subject_hash": _service("lets a restored backup be erased again"),
            "erased_on": _service("when it was done"),
            "epoch": _service("which key has to be gone for the last copy to be noise"),
        },
    ),
    "upkeep": TableRecord(
        "service",
        ALWAYS,
        {
            "task": _service("what is done"),
            "done_on": _service("when it was done last"),
            "taken_until": _service("that one process alone does it"),
        },
    ),
}


def fields() -> Iterator[Field]:
    """Yield every column of every table."""
    for name, table in DATA_INVENTORY.items():
        for column_name, column in table.columns.items():
            yield Field(name, column_name, table.owner, column.label, column.purpose, table.retention)


def retention_rules() -> Iterator[tuple[str, RetentionRule]]:
    """Yield the name of a table with each of its retention rules."""
    for name, table in DATA_INVENTORY.items():
        for rule in table.retention.rules:
            yield name, rule
