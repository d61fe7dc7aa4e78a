"""Compression of response bodies with Brotli or gzip, whichever of the two the client prefers.

A response that shows a secret once is never compressed: it is shorter than `LEAST_BYTES`. Each coding of a response has
an ETag of its own, since the tag is that of the bytes sent.
"""

import gzip
import re
from functools import lru_cache
from typing import Literal

import brotli

from app.api.http.cors import HeaderList

Coding = Literal["br", "gzip"]

LEAST_BYTES = 1_000
_CODINGS: tuple[Coding, ...] = ("br", "gzip")
_COMPRESSIBLE = re.compile(rb"text/|application/(?:[\w.+-]+\+)?json\b")
_WEIGHTED = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_CODED_TAG = re.compile(r'-(?:br|gzip)"$')
# What is the same for everyone is compressed once and kept; what is made for one request has to be quick.
_ONCE, _QUICK = {"br": 9, "gzip": 9}, {"br": 4, "gzip": 5}


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


def may_be_compressed(headers: HeaderList, body: bytes) -> bool:
    """Return whether a response with this body is long enough to compress, and of a type that shrinks."""
    names = dict(headers)
    if len(body) < LEAST_BYTES or b"content-encoding" in names:
        return False
    return _COMPRESSIBLE.match(names.get(b"content-type", b"")) is not None


def compress(body: bytes, coding: Coding, *, is_public: bool) -> bytes:
    """Return `body` in the coding; a public one is kept, for the next who asks for it."""
    return _compress_once(body, coding) if is_public else _compress(body, coding, _QUICK[coding])


@lru_cache(maxsize=128)
def _compress_once(body: bytes, coding: Coding) -> bytes:
    return _compress(body, coding, _ONCE[coding])


def _compress(body: bytes, coding: Coding, level: int) -> bytes:
    if coding == "gzip":
        return gzip.compress(body, level, mtime=0)
    compressed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=level)
    return compressed


def coded_tag(etag: bytes, coding: Coding) -> bytes:
    """Return the ETag of a body in a coding, for the ETag of the body as it is."""
    return b'%b-%b"' % (etag.removesuffix(b'"'), coding.encode())


def plain_tag(etag: str) -> str:
    """Return the ETag of a body as it is, for that of any of its codings."""
    return _CODED_TAG.sub('"', etag)
