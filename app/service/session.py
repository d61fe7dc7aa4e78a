"""The session that a use case runs in. Who is looking is an argument beside it, never a part of it."""

from dataclasses import dataclass
from datetime import datetime

from app.store.connection.database import Connection
from app.store.crypto.vault import Vault


@dataclass(frozen=True, slots=True)
class Session:
    """One transaction, the vault that opens what is read in it, and the present in UTC."""

    connection: Connection
    vault: Vault
    now: datetime
