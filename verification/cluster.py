"""The executor of an existing Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from distributed import Client


@contextmanager
def connect(address: str) -> Iterator[Executor]:
    """Connect to the scheduler at this address, such as tcp://host:8786, and yield an executor of its workers."""
    with Client(address) as client, client.get_executor(pure=False) as executor:  # type: ignore[no-untyped-call]
        yield executor
