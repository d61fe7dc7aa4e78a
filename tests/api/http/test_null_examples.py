from typing import Any

from app.api.http.openapi import complete_example

DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "View": {
                "type": "object",
                "properties": {
                    "outcome": {"type": "string"},
                    "support": {"anyOf": [{"$ref": "#/components/schemas/Support"}, {"type": "null"}]},
                    "trace": {"anyOf": [{"type": "object"}, {"type": "null"}]},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
                "required": ["outcome", "support", "trace"],
            },
            "Support": {
                "type": "object",
                "properties": {"kind": {"type": "string"}, "until": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
                "required": ["kind", "until"],
            },
        }
    }
}
VIEW = {"$ref": "#/components/schemas/View"}


def test_what_is_always_there_is_put_back_in_its_place() -> None:
    assert list(complete_example({"trace": {}, "outcome": "support"}, VIEW, DOCUMENT).items()) == [
        ("outcome", "support"),
        ("support", None),
        ("trace", {}),
    ]


def test_what_may_be_left_out_is_left_out() -> None:
    assert "note" not in complete_example({"outcome": "x"}, VIEW, DOCUMENT)


def test_it_is_put_back_at_any_depth() -> None:
    example = {"a": [{"outcome": "x", "support": {"kind": "crisis"}}]}
    schema = {"type": "object", "additionalProperties": {"type": "array", "items": VIEW}}

    completed = complete_example(example, schema, DOCUMENT)

    assert completed == {"a": [{"outcome": "x", "support": {"kind": "crisis", "until": None}, "trace": None}]}


def test_what_has_no_schema_stays_as_it_is() -> None:
    assert complete_example({"a": [1, {"b": 2}]}, {}, DOCUMENT) == {"a": [1, {"b": 2}]}
