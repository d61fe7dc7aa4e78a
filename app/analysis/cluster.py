"""The same work on a cluster: Dask hands out the pieces, the counting is that of `simulate`."""

from collections.abc import Iterator, Sequence

from distributed import Client, as_completed

from app.analysis import simulate
