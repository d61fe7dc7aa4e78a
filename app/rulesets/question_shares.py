"""The table of question shares: in a release, and beside the content files as it was counted last."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.durable_file import write_whole
from app.engine.plain_values import Plain, PlainValueError, from_plain, to_plain, without_none
from app.engine.shares import Known, QuestionShares, ShareTable
from app.engine.vocabulary import POOLED_PATHS
from app.rulesets.diagnostics import ContentError, Diagnostic, Location

FILE = "shares.json"


def write_shares(table: ShareTable) -> Plain:
    plain: Plain = to_plain(table)
    for entry in plain["questions"].values():
        entry["answers"] = [{**likely, "report": without_none(likely["report"])} for likely in entry["answers"]]
    return plain


def read_shares(plain: Any) -> ShareTable:
    """Return the table that was written. Raises `ValueError`, `KeyError` or `TypeError` for anything else.

    A question whose answers are no longer those of the self-report has no shares.
    """
    known = from_plain(tuple[Known, ...], plain["known"])
    questions = {id_: _read_question(entry) for id_, entry in plain["questions"].items() if id_ in POOLED_PATHS}
    there = {id_: entry for id_, entry in questions.items() if entry}
    if any(entry.path not in POOLED_PATHS for entry in known):
        known, there = (), {id_: replace(entry, known=(), by_bands={}) for id_, entry in there.items()}
    return ShareTable(from_plain(int, plain["reports"]), known, there)


def _read_question(plain: Any) -> QuestionShares | None:
    try:
        return from_plain(QuestionShares, plain)
    except PlainValueError:
        return None


def read_share_file(root: Path) -> ShareTable:
    """Read the table of a content folder; an empty one where nothing was counted. Raises `ContentError`."""
    try:
        return read_shares(json.loads((root / FILE).read_bytes()))
    except FileNotFoundError:
        return ShareTable()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"this is not the table that `rekindle release` writes; without it no question is asked next: {error}"
        raise ContentError([Diagnostic(Location(FILE), reason)]) from None


def write_share_file(root: Path, table: ShareTable) -> Path:
    """Write the table of a content folder, a line for each question."""
    plain = write_shares(table)
    questions = ",\n".join(f"{_compact(id_)}:{_compact(entry)}" for id_, entry in plain.pop("questions").items())
    head = "".join(f"{_compact(key)}:{_compact(part)},\n" for key, part in plain.items())
    file = root / FILE
    write_whole(file, f'{{{head}"questions":{{\n{questions}\n}}}}\n'.encode())
    return file


def _compact(plain: Any) -> str:
    return json.dumps(plain, separators=(",", ":"))
