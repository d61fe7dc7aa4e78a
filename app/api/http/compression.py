"""Compression of response bodies with Brotli or gzip, whichever of the two the client prefers.

A response that shows a secret once is never compressed: it is shorter than `LEAST_BYTES`. Each coding of a response has
an ETag of its own, since the tag is that of the bytes sent.
"""

import gzip
import re
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from functools import lru_cache, partial
from typing import Literal

import brotli

Coding = Literal["br", "gzip"]

LEAST_BYTES = 1_000
_CODINGS: tuple[Coding, ...] = ("br", "gzip")
_WEIGHTED = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_CODED_TAG = re.compile(r'-(?:br|gzip)"$')

QUICK: Mapping[Coding, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT, quality=4),
    "gzip": partial(gzip.compress, compresslevel=5, mtime=0),
}
"""For a body that is made for one request."""
ONCE: Mapping[Coding, Callable[[bytes], bytes]] = {
    "br": lru_cache(maxsize=64)(partial(brotli.compress, mode=brotli.MODE_TEXT, quality=10)),
    "gzip": lru_cache(maxsize=64)(partial(gzip.compress, compresslevel=9, mtime=0)),
}
"""For a body that is the same for everyone: better and slower, and kept for the next who asks."""


@lru_cache(maxsize=256)
def choose_coding(accept_encoding: bytes | None) -> Coding | None:
    """Return the coding that an `Accept-Encoding` header prefers, Brotli before gzip; None where it takes neither."""
    if not accept_encoding:
        return None
    weights: dict[str, float] = {}
    for item in accept_encoding.decode("latin-1").lower().split(","):
        if weighted := _WEIGHTED.fullmatch(item):
            weights[weighted[1]] = float(weighted[2] or 1)
    accepted = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in _CODINGS}
    best = max(_CODINGS, key=lambda coding: accepted[coding])
    return best if accepted[best] > 0 else None


async def compress_stream(chunks: AsyncIterable[bytes], coding: Coding) -> AsyncGenerator[bytes]:
    """Yield the chunks of a body of any length in a coding."""
    if coding == "br":
        brotli_stream = brotli.Compressor(mode=brotli.MODE_TEXT, quality=4)
        compress, finish = brotli_stream.process, brotli_stream.finish
    else:
        gzip_stream = zlib.compressobj(5, wbits=zlib.MAX_WBITS | 16)
        compress, finish = gzip_stream.compress, gzip_stream.flush
    async for chunk in chunks:
        if compressed := compress(chunk):
            yield compressed
    yield finish()


def coded_tag(etag: bytes, coding: Coding) -> bytes:
    """Return the ETag of a body in a coding, for the ETag of the body as it is."""
    return b'%b-%b"' % (etag.removesuffix(b'"'), coding.encode())


def plain_tag(etag: str) -> str:
    """Return the ETag of a body as it is, for that of any of its codings."""
    return _CODED_TAG.sub('"', etag)
