import json

from app.api.http.responses import NULL, load_example, replace_values
from tests.document import DOCUMENT


def test_nulls_of_an_example_are_in_the_document() -> None:
    created = DOCUMENT["paths"]["/v1/me/feedback"]["post"]["responses"]["201"]

    assert created["content"]["application/json"]["example"] == load_example("feedback")
    assert None in load_example("feedback").values()


def test_nothing_stands_for_null_in_the_document() -> None:
    assert json.dumps(NULL)[1:-1] not in json.dumps(DOCUMENT)


def test_values_are_replaced_at_any_depth_and_nothing_else_is() -> None:
    example = {"a": [{"outcome": "x", "support": None}, None], "b": 0, "c": False, "d": ""}

    replaced = replace_values(example, None, NULL)

    assert replaced == {"a": [{"outcome": "x", "support": NULL}, NULL], "b": 0, "c": False, "d": ""}
    assert replace_values(replaced, NULL, None) == example
