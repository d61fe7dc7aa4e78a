"""Pieces of content in the shapes of responses."""

from typing import Any, TypeVar, cast

from app.rulesets.library import Library

Fields = TypeVar("Fields")


def fields_out(shape: type[Fields], source: object, **own: Any) -> Fields:
    """Return the fields of `shape`: those given, and the others from the attributes of the same name of `source`."""
    names = shape.__annotations__
    return cast(Fields, {name: own[name] if name in own else getattr(source, name) for name in names})


def content_out(shape: type[Fields], content: Any, kind: str, library: Library, locale: str, **own: Any) -> Fields:
    """Return the fields of `shape` for a piece of content, whose texts stand under its `kind`, such as `paths`.

    A field is the one given, else the text of its name, else the attribute. The claims and the evidence are those that
    the content rests on.
    """
    texts, key = library.texts[locale], f"{kind}/{content.id}"
    shown: dict[str, Any] = {name: texts[text] for name in shape.__annotations__ if (text := f"{key}/{name}") in texts}
    if "evidence" in shape.__annotations__:
        shown["evidence"] = {"grade": content.grade, "note": texts[f"{key}/evidence"]}
    if "claims" in shape.__annotations__:
        shown["claims"] = [
            {"id": id_, "section": texts[f"claims/{id_}/section"], "reference": library.claims[id_].reference}
            for id_ in content.claims
        ]
    return fields_out(shape, content, **{**shown, **own})
