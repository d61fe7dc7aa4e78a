"""A login that reads what is private."""

from tests.people import Person

PASSPHRASE = "four words nobody guesses"


def unlock(person: Person) -> Person:
    """Set a passphrase with a fresh token, and unlock that token with it."""
    assert person.put("/v1/me/passphrase", {"passphrase": PASSPHRASE}).status_code == 204
    return unlock_again(person)


def unlock_again(person: Person) -> Person:
    assert person.post("/v1/me/unlock", {"passphrase": PASSPHRASE}).status_code == 200
    return person
