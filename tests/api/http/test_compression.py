import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from fastapi import FastAPI

from app.api.http.compression import LEAST_BYTES, choose_coding
from tests.client import TestClient
from tests.people import Integrator

DECODERS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, None),
        (b"", None),
        (b"identity", None),
        (b"deflate", None),
        (b"gzip", "gzip"),
        (b"gzip, deflate, br, zstd", "br"),
        (b"GZIP;q=1.0, br;q=0.5", "gzip"),
        (b"br;q=0, gzip", "gzip"),
        (b"*", "br"),
        (b"*;q=0", None),
        (b"*, br;q=0", "gzip"),
        (b"gzip;q=nonsense, br;q=2", None),
        (b"\xff\xfe, gzip", "gzip"),
    ],
)
def test_the_client_chooses_the_coding(accepted: bytes | None, chosen: str | None) -> None:
    assert choose_coding(accepted) == chosen


def raw(client: TestClient, path: str, coding: str, **headers: str) -> tuple[Any, bytes]:
    """Return a response, and its body as it was sent."""
    with client.stream("GET", path, headers={"Accept-Encoding": coding, **headers}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_long_response_is_compressed_and_says_so(client: TestClient, coding: str) -> None:
    plain, whole = raw(client, "/v1/rules", "identity")
    answer, sent = raw(client, "/v1/rules", coding)

    assert DECODERS[coding](sent) == whole
    assert 5 * len(sent) < len(whole)
    assert answer.headers["content-encoding"] == coding
    assert int(answer.headers["content-length"]) == len(sent)
    assert "Accept-Encoding" in answer.headers["vary"]
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_each_coding_has_a_tag_of_its_own_and_each_is_known_again(client: TestClient, coding: str) -> None:
    plain, _ = raw(client, "/v1/rules", "identity")
    answer, _ = raw(client, "/v1/rules", coding)
    again, nothing = raw(client, "/v1/rules", coding, **{"If-None-Match": answer.headers["etag"]})
    uncompressed, _ = raw(client, "/v1/rules", "identity", **{"If-None-Match": plain.headers["etag"]})

    assert answer.headers["etag"] != plain.headers["etag"]
    assert (again.status_code, nothing, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert (uncompressed.status_code, uncompressed.headers["etag"]) == (304, plain.headers["etag"])


def test_a_short_response_is_sent_as_it_is(client: TestClient) -> None:
    answer, sent = raw(client, "/healthz", "br")

    assert len(sent) < LEAST_BYTES
    assert "content-encoding" not in answer.headers


def test_what_shows_a_secret_once_is_never_compressed(integrator: Integrator) -> None:
    partner = integrator.post(
        "/v1/partners", {"adult": True, "token": {"expires_in": 3600}}, **{"Accept-Encoding": "br, gzip"}
    )
    key = integrator.post("/v1/keys", {}, **{"Accept-Encoding": "br, gzip"})
    couple = integrator.post(
        "/v1/couples", {"partner": partner.json()["id"], "invite": True}, **{"Accept-Encoding": "br, gzip"}
    )

    for answer in (partner, key, couple):
        assert answer.status_code == 201
        assert "content-encoding" not in answer.headers


def test_problems_and_pages_are_compressed_too(build_app: Callable[..., FastAPI]) -> None:
    with TestClient(build_app()) as client:
        page, sent = raw(client, "/docs/swagger-ui.css", "br")

    assert page.headers["content-encoding"] == "br"
    assert len(brotli.decompress(sent)) > 4 * len(sent)
