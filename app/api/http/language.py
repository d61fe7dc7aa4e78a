"""Which language to answer in. An unknown one is never an error: the next best is taken, and said."""

from collections.abc import Collection, Iterator

FALLBACK = "en"
HEADERS = {"Vary": "Accept-Language"}


def choose_language(available: Collection[str], *wishes: str | None, accept_language: str | None = None) -> str:
    """The first wish that can be met: those of the body and the partner, then the header's, then English."""
    spelled = {tag.lower(): tag for tag in available}
    for wish in (*wishes, *_by_weight(accept_language or "")):
        for tag in _widening(wish or ""):
            if tag in spelled:
                return spelled[tag]
    return FALLBACK


def _widening(tag: str) -> Iterator[str]:
    """de-Latn-AT, then de-Latn, then de (RFC 4647, lookup)."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    while parts:
        yield "-".join(parts)
        parts.pop()


def _by_weight(header: str) -> list[str]:
    weighed = [_weigh(entry) for entry in header.split(",")]
    return [tag for tag, weight in sorted(weighed, key=lambda entry: -entry[1]) if weight > 0 and tag != "*"]


def _weigh(entry: str) -> tuple[str, float]:
    tag, _, weight = entry.partition(";")
    name, _, value = weight.partition("=")
    if name.strip().lower() != "q":
        return tag.strip(), 1.0
    try:
        return tag.strip(), min(1.0, float(value))
    except ValueError:
        return tag.strip(), 0.0
