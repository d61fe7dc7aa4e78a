"""Headers and parameters of the OpenAPI document: each described once, and named wherever the wire has it."""

from collections import Counter

from app.api.http.middleware import UNLIMITED_PATHS
from app.api.http.schema_lookup import Document, operations

HEADERS = {
    "Cache-Control": "How long the response may be kept, and by whom.",
    "Content-Language": "The language of the texts, whichever was asked for.",
    "ETag": "The version of the response, for `If-None-Match` or `If-Match`.",
    "Idempotency-Replayed": "`true` where this is the stored response to an earlier request with the same key.",
    "Link": 'The address of the next page with `rel="next"`, where there is one.',
    "Location": "The address of what was made, or was there before.",
    "RateLimit": "What is left of the limit, and the seconds until it is whole again, where one is counted.",
    "RateLimit-Policy": "A number of requests in a number of seconds, where a limit is counted.",
    "Rekindle-Version": "The version of the server.",
    "Retry-After": "The seconds to wait before the request is repeated.",
    "WWW-Authenticate": "Which credential is needed, and what is wrong with the one that was sent.",
    "X-Request-Id": "The id of the request, to be named when something is reported.",
}
PARAMETERS = {
    "Accept-Language": {
        "description": "The languages wished for, the best first. An unknown one falls back to the next, then to "
        "English.",
        "schema": {"type": "string", "examples": ["de-AT, en;q=0.8"]},
    },
    "If-None-Match": {
        "description": "The `ETag` of the copy that you hold: where it is still current, the response is 304.",
        "schema": {"type": "string"},
    },
    "X-Request-Id": {
        "description": "An id of yours for the request; it is returned. Another one is made where it has other "
        "characters or more than 64.",
        "schema": {"type": "string", "examples": ["req-7f3a"]},
    },
}
# Every request and response names the headers that it may have, eight hundred in all: so the components of headers and
# of their parameters have short names.
_COMPONENTS = {
    "Accept-Language": "Language",
    "Cache-Control": "Cache",
    "Content-Language": "Language",
    "ETag": "Tag",
    "Idempotency-Replayed": "Replayed",
    "If-None-Match": "Tag",
    "RateLimit": "Limit",
    "RateLimit-Policy": "Policy",
    "Rekindle-Test-Now": "Now",
    "Rekindle-Version": "Version",
    "Retry-After": "Retry",
    "WWW-Authenticate": "Challenge",
    "X-Request-Id": "Id",
}
EVERYWHERE = ("X-Request-Id", "Rekindle-Version")
COUNTED = ("RateLimit", "RateLimit-Policy")
_BY_STATUS = {"401": ("WWW-Authenticate",), "429": ("Retry-After",), "503": ("Retry-After",)}


def response_headers(*names: str) -> Document:
    """Return the `headers` of a response, by reference."""
    return {name: {"$ref": f"#/components/headers/{_COMPONENTS.get(name, name)}"} for name in names}


def complete_headers(document: Document) -> None:
    """Name in every operation the headers that its requests may and its responses do have, and share parameters."""
    components = document["components"]
    components["headers"] = {
        _COMPONENTS.get(name, name): {"description": text, "schema": {"type": "string"}}
        for name, text in HEADERS.items()
    }
    for path, operation in operations(document):
        _complete_operation(path, operation)
    components["parameters"] = _share_parameters(document)


def _complete_operation(path: str, operation: Document) -> None:
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        _narrow(parameter)
    names = {parameter["name"] for parameter in parameters}
    for status, response in operation["responses"].items():
        # Problems are shared among all operations: where no request is counted, they lack these two.
        is_counted = path not in UNLIMITED_PATHS or status >= "300"
        headers = [*EVERYWHERE, *(COUNTED if is_counted else ()), *_BY_STATUS.get(status, ())]
        if status >= "400":
            headers.append("Content-Language")
        elif status.startswith("2") and "Idempotency-Key" in names:
            headers.append("Idempotency-Replayed")
        response["headers"] = {**response.get("headers", {}), **response_headers(*headers)}
    wished = ["X-Request-Id"]
    if any("Content-Language" in one["headers"] for status, one in operation["responses"].items() if status < "400"):
        wished.append("Accept-Language")
    if "304" in operation["responses"]:
        wished.append("If-None-Match")
    parameters += [{"name": name, "in": "header", **PARAMETERS[name]} for name in wished]


def _narrow(parameter: Document) -> None:
    """Take null out: a parameter is there with a value, or it is not there. What is true by default goes unsaid."""
    if not parameter["required"]:
        del parameter["required"]
    schema = parameter["schema"]
    schema.pop("title", None)
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    if isinstance(variants := schema.get("anyOf"), list):
        others = [variant for variant in variants if variant.get("type") != "null"]
        if len(others) == 1:
            del schema["anyOf"]
            schema |= others[0]
    # FastAPI writes the description of a parameter twice.
    schema.pop("description", None)


def _share_parameters(document: Document) -> Document:
    """Replace parameters of several operations by references, and return them by name."""
    counts = Counter(repr(one) for _, operation in operations(document) for one in operation["parameters"])
    shared: Document = {}
    for _, operation in operations(document):
        operation["parameters"] = [_shared(one, counts, shared) for one in operation["parameters"]]
        if not operation["parameters"]:
            del operation["parameters"]
    return dict(sorted(shared.items()))


def _shared(parameter: Document, counts: Counter[str], shared: Document) -> Document:
    words = parameter["name"].replace("_", "-").split("-")
    name = _COMPONENTS.get(parameter["name"]) or "".join(word[:1].upper() + word[1:] for word in words)
    if counts[repr(parameter)] == 1 or shared.setdefault(name, parameter) != parameter:
        return parameter
    return {"$ref": f"#/components/parameters/{name}"}
