"""The session that a use case runs in. Who is looking is an argument beside it, never a part of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.store.connection.database import Connection
from app.store.crypto.vault import Vault

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Session:
    """One transaction, the vault that opens what is read in it, and the present in UTC.

    What a request notes in `after_commit` is called once the transaction is committed, before the response leaves.
    """

    connection: Connection
    vault: Vault
    now: datetime
    after_commit: list[Callable[[], None]] = field(default_factory=list, kw_only=True)
