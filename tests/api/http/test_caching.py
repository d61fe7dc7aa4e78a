import pytest
from starlette.requests import Request

from app.api.http.caching import cacheable_response, etag_of, is_not_modified

BODY = b'{"a": 1}'
TAG = etag_of(BODY)


def asking(if_none_match: str | None = None) -> Request:
    headers = [] if if_none_match is None else [(b"if-none-match", if_none_match.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


def test_an_answer_that_may_be_kept_says_so() -> None:
    answer = cacheable_response(asking(), BODY, max_age=60, headers={"Vary": "Accept-Language"})

    assert (answer.status_code, answer.body) == (200, BODY)
    assert answer.headers["etag"] == TAG
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("held", [TAG, f"W/{TAG}", f'"other", {TAG}', f'"other",W/{TAG}', "*", ' "x" , * '])
def test_who_holds_it_gets_no_body(held: str | None) -> None:
    answer = cacheable_response(asking(held), BODY, headers={"Vary": "Accept-Language"})

    assert (answer.status_code, answer.body) == (304, b"")
    assert answer.headers["etag"] == TAG
    assert answer.headers["vary"] == "Accept-Language"
    assert "cache-control" in answer.headers
    assert "content-length" not in answer.headers


@pytest.mark.parametrize("held", [None, "", '"other"', TAG.strip('"'), TAG[:-2] + '"'])
def test_who_does_not_gets_it(held: str | None) -> None:
    assert cacheable_response(asking(held), BODY).status_code == 200


def test_the_tag_is_strong_and_of_the_bytes() -> None:
    assert TAG.startswith('"')
    assert etag_of(BODY) == TAG
    assert etag_of(BODY + b" ") != TAG


def test_a_tag_known_beforehand_is_taken() -> None:
    assert cacheable_response(asking('"mine"'), BODY, etag='"mine"').status_code == 304
    assert is_not_modified('"mine"', '"mine"')
