"""Answers that can be asked for again by their ETag."""

from collections.abc import Hashable
from threading import Lock
from typing import Any, NamedTuple


class Copy(NamedTuple):
    etag: str
    data: Any


class Copies:
    """Keeps the latest `size` answers in memory, and nowhere else."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._copies: dict[Hashable, Copy] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> Copy | None:
        return self._copies.get(key)

    def keep(self, key: Hashable, etag: str | None, data: Any) -> None:
        with self._lock:
            self._copies.pop(key, None)
            if etag:
                self._copies[key] = Copy(etag, data)
            while len(self._copies) > self._size:
                del self._copies[next(iter(self._copies))]

    def clear(self) -> None:
        with self._lock:
            self._copies.clear()
