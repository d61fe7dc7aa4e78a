"""The answers of a report by path, with a path of its own for each member that only its owner's view may use."""

from collections.abc import Collection
from typing import Any

from app.engine.plain_values import Plain
from app.engine.self_report import OWN_KIND, OWN_SEASON
from app.engine.vocabulary import ANSWERS, GROUPS

LIKES, SEASON, KEEP_PRIVATE = "activity_preferences.likes", "circumstances.season", "keep_private"
LIKING_OF_TOUCH, SEPARATION = f"{LIKES}.{OWN_KIND}", f"{SEASON}.{OWN_SEASON}"
OWN_MEMBERS = {LIKING_OF_TOUCH, SEPARATION}


def by_path(plain: Plain) -> Plain:
    """Return the answers of a report, which is JSON values, by path."""
    answers: Plain = {}
    for group, inside in plain.items():
        answers |= {f"{group}.{name}": value for name, value in inside.items()} if group in GROUPS else {group: inside}
    likes, season = answers.get(LIKES), answers.get(SEASON)
    if likes and OWN_KIND in likes:
        answers[LIKES] = {kind: liking for kind, liking in likes.items() if kind != OWN_KIND}
        answers[LIKING_OF_TOUCH] = likes[OWN_KIND]
    if season and OWN_SEASON in season:
        answers[SEASON] = [member for member in season if member != OWN_SEASON]
        answers[SEPARATION] = True
    return answers


def as_report(answers: Plain) -> Plain:
    """Return the report of answers by path, as JSON values."""
    answers, plain = dict(answers), dict[str, Any]()
    liking, separation = answers.pop(LIKING_OF_TOUCH, None), answers.pop(SEPARATION, None)
    if liking:
        answers[LIKES] = {**answers.get(LIKES, {}), OWN_KIND: liking}
    if separation:
        answers[SEASON] = sorted([*answers.get(SEASON, []), OWN_SEASON])
    for path, value in answers.items():
        group, _, name = path.partition(".")
        if name:
            plain.setdefault(group, {})[name] = value
        else:
            plain[path] = value
    return plain


def is_private(path: str, unpooled: Collection[str]) -> bool:
    """Tell whether an answer counts in its owner's view alone, at once; `unpooled` are the paths kept from the pool."""
    return path in OWN_MEMBERS or path in unpooled or ANSWERS[path].label != "pooled"
