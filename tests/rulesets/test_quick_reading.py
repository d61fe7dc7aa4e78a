import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.api.http.responses import load_example
from app.api.recommendations.recommendations import RecommendationRequest
from app.api.recommendations.self_report import SelfReportIn
from app.rulesets.strict_json import UnreadableJson, quick_reader_of, read_json
from benchmarks.reports import draw_report

Json = Any
REPORT = draw_report(Random(3), 1)
REQUEST = load_example("recommendation-request")
SHAPES = [(SelfReportIn, REPORT), (RecommendationRequest, REQUEST | {"reports": {"a": REPORT}})]
VALUES: list[Json] = [None, True, False, -1, 0, 1, 3, 4, 5.0, 0.3, 0.25, 168, 168.25, 31, 32, 1201, 2880, 2881, 1e300]
VALUES += [10**30, "", "x", "yes", "no", "often", "US", "us\n", "a:b", "café", '"', [], [[]], ["work"], {}, {"a": "US"}]
VALUES += [
    ["work", "work", "faith", "screens"],
    ["work", "faith", "screens", "money"],
    {"touch": 3.0},
    {"touch": "love"},
]
TEXTS = [
    (":", " : "),
    (",", ",,"),
    ("{", '{"goal":"repair",'),
    ("{", '{"a":1,'),
    ("}", ',"x":1}'),
    ("]", ",]"),
    ("0", "00"),
]
TEXTS += [
    ('"', "'"),
    ("1", "1.0"),
    ("2", "2e0"),
    ("3", "NaN"),
    ("e", "\\u0065"),
    ("e", "\x01"),
    ("e", "\udcff"),
    ("[", "[" * 70),
]


def test_quick_and_strict_reading_agree_on_whatever_the_quick_one_takes() -> None:
    taken = 0
    for shape, document in SHAPES:
        quick = quick_reader_of(shape)
        strict: TypeAdapter[Any] = TypeAdapter(shape)
        assert quick
        for body in variants(document, Random(5)):
            read = quick(body)
            if read is not None:
                taken += 1
                assert spelled_out(read) == spelled_out(strict.validate_python(read_json(body))), body
    assert taken > 50


@pytest.mark.parametrize(("shape", "document"), SHAPES)
def test_a_usual_body_is_read_quickly(shape: type, document: Json) -> None:
    quick = quick_reader_of(shape)

    assert quick
    assert spelled_out(quick(json.dumps(document).encode())) == spelled_out(
        TypeAdapter(shape).validate_python(document)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"', '{"goal":"repair","goal":"repair","'),
        ('{"', '{"unknown":1,"'),
        ('"hours_per_week": 2', '"hours_per_week": 169'),
    ],
)
def test_a_body_with_a_mistake_is_left_to_the_strict_reading(old: str, new: str) -> None:
    quick, sent = quick_reader_of(SelfReportIn), deepcopy(REPORT)
    sent.pop("goal", None)
    sent["time_together"]["hours_per_week"] = 2
    spoiled = json.dumps(sent).replace(old, new, 1).encode()

    assert quick
    assert quick(json.dumps(sent).encode()) is not None
    assert quick(spoiled) is None
    with pytest.raises((UnreadableJson, ValidationError)):
        TypeAdapter(SelfReportIn).validate_python(read_json(spoiled))


def variants(document: Json, chance: Random) -> Iterator[bytes]:
    """Yield the document with other values at each of its places, and with its text spoiled in many."""
    for *keys, last in places(document):
        for value in chance.sample(VALUES, 4):
            changed = owner = deepcopy(document)
            for key in keys:
                owner = owner[key]
            owner[last] = value
            yield json.dumps(changed, ensure_ascii=chance.random() < 0.5).encode()
    text = json.dumps(document, separators=(",", ":"))
    for old, new in TEXTS * 8:
        at = chance.choice([i for i, letter in enumerate(text) if letter == old])
        yield (text[:at] + new + text[at + 1 :]).encode(errors="surrogateescape")


def places(value: Json, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*keys, key)
        yield from places(member, (*keys, key))


def spelled_out(value: object) -> object:
    """Return a value with the type of each of its parts, since 1, 1.0 and true are equal."""
    if isinstance(value, RecommendationRequest) or is_dataclass(value):
        names = (
            type(value).model_fields if isinstance(value, RecommendationRequest) else [f.name for f in fields(value)]
        )
        return type(value), {name: spelled_out(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {name: spelled_out(member) for name, member in value.items()}
    return type(value), value
