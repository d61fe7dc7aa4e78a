"""Lengths of sealed values: each column has one for nearly all that it can hold, so that no length tells what is in it.

A value is compressed and then padded, so that the one length is a short one. A longer value takes a multiple of it.
"""

import zlib
from collections.abc import Mapping

SIZES: Mapping[str, int] = {
    "appointments.sealed": 256,
    "choices.sealed": 256,
    "cursor": 128,
    "decisions.sealed": 4096,
    "feedback.sealed": 256,
    "held_support.sealed": 256,
    "kept_replies.sealed": 8192,
    "kept_views.sealed": 8192,
    "mutual_answers.sealed": 1024,
    "partners.external_sealed": 256,
    "passphrases.sealed": 128,
    "pasts.sealed": 2048,
    "plan_items.sealed": 256,
    "private_answers.sealed": 2048,
    "reports.pooled": 1024,
    "weeks.sealed": 2048,
}
"""By place, the bytes of a packed value; measured for complete answers and busy weeks, with room to spare."""
_FAST = 1
_WINDOW, _MEMORY = 13, 5
"""A window of 8 KiB and a small table: at their defaults, making them ready costs more than compressing."""


def pack(place: str, value: bytes) -> bytes:
    """Compress and pad a value for its place. Raises `KeyError` for a place without a size."""
    stream, size = zlib.compressobj(_FAST, zlib.DEFLATED, _WINDOW, _MEMORY), SIZES[place]
    compressed = stream.compress(value) + stream.flush()
    return compressed.ljust(-(-len(compressed) // size) * size, b"\0")


def unpack(packed: bytes) -> bytes:
    """Return the value that was packed: a compressed stream tells its own end."""
    return zlib.decompressobj().decompress(packed)
