"""Every promise names tests that run, and every sentence that may promise something stands in docs/promises.md."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promises.md"
ROW = re.compile(r"^\| ([PCST]\d+) \| (.+) \| (`.+`) \|$", re.MULTILINE)
SECTIONS = ("P", "C", "S", "T")
FEWEST = 130


class Promise(NamedTuple):
    """One row: its number, its words and the tests that show it."""

    number: str
    words: str
    tests: tuple[str, ...]


def promises(page: str) -> list[Promise]:
    return [
        Promise(number, words, tuple(re.findall(r"`([^`]+)`", tests))) for number, words, tests in ROW.findall(page)
    ]


def explained(page: str) -> list[str]:
    return re.findall(r"^- (.+)$", page.partition("## Sentences that promise nothing")[2], re.MULTILINE)


def plain(text: str) -> str:
    """Without marks and line breaks, and with the text of a link alone."""
    return re.sub(r"\s+", " ", re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text).translate({42: None, 96: None})).strip()


def sentences(text: str) -> Iterator[str]:
    """Each sentence of a page, and each row of a table but its head."""
    text = re.sub(r"^\|.+\|\n\|[-| ]+\|$", "", text, flags=re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n|\n(?=[-|#])", text):
        if paragraph.strip() and not paragraph.strip().startswith("#"):
            words = plain(re.sub(r"^- ", "", paragraph.strip()))
            yield from [words] if words.startswith("|") else re.split(r"(?<=[.!?])\s+(?=[A-Z])", words)


@cache
def sources() -> Mapping[str, list[str]]:
    consents = yaml.safe_load((ROOT / "app" / "content" / "consents.yaml").read_text("utf-8"))
    texts = [each[name] for each in consents.values() for name in ("text", "on_withdrawal")]
    return {
        "P": list(sentences((ROOT / "PRIVACY.md").read_text("utf-8"))),
        "C": [sentence for text in texts for sentence in sentences(text)],
    }


def wrong_with(page: str) -> Iterator[str]:
    """What the page says that is not so, and what it leaves out."""
    rows = promises(page)
    for row in rows:
        yield from [f"{row.number}: there is no test {test} that runs" for test in row.tests if not runs(test)]
        if row.number[0] in sources() and not stands_in(row.words, sources()[row.number[0]]):
            yield f"{row.number}: nothing says {row.words}"
    numbers = {letter: [row.number for row in rows if row.number[0] == letter] for letter in SECTIONS}
    for letter, found in numbers.items():
        if found != [f"{letter}{number}" for number in range(1, len(found) + 1)]:
            yield f"{letter}: the numbers are not in order"
    for letter, found_there in sources().items():
        said = [row.words for row in rows if row.number[0] == letter] + explained(page)
        yield from [
            f"no row for: {each}" for each in found_there if not any(stands_in(words, [each]) for words in said)
        ]


def stands_in(words: str, sentences_there: list[str]) -> bool:
    # A row of a table is written with another sign between its cells.
    return any(words in sentence.replace("|", "·") for sentence in sentences_there)


@cache
def places() -> tuple[str, ...]:
    """Where `make test` and `make trust` look for tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return (*project["tool"]["pytest"]["ini_options"]["testpaths"], "tests/trust")


def runs(test: str) -> bool:
    """Return whether pytest collects it, and nothing skips it or expects it to fail."""
    file, _, name = test.partition("::")
    return file.startswith(places()) and name in names_in(file)


@cache
def names_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file() or not path.name.startswith("test_"):
        return frozenset()
    functions = [
        node
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    return frozenset(
        node.name
        for node in functions
        if not any(re.search(r"mark\.(skip|xfail)", ast.unparse(each)) for each in node.decorator_list)
    )


def test_every_promise_has_its_tests_and_every_sentence_its_row() -> None:
    page = PAGE.read_text("utf-8")

    assert list(wrong_with(page)) == []
    assert len(promises(page)) >= FEWEST


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (lambda page: page.replace("::test_", "::test_not_", 1), "P1: there is no test"),
        (lambda page: page.replace("tests/api/", "tests/mutation/", 1), "P1: there is no test"),
        (lambda page: page.replace("| Adults only. |", "| Adults alone. |"), "no row for: Adults only."),
        (lambda page: page.replace("| Adults only. |", "| Adults alone. |"), "nothing says Adults alone."),
        (lambda page: page.replace("- It cannot tell whether", "- It can tell whether"), "no row for: It cannot tell"),
        (lambda page: page.replace("| T2 |", "| T1 |"), "T: the numbers are not in order"),
    ],
)
def test_what_is_wrong_with_the_page_is_found(plant: Callable[[str], str], complaint: str) -> None:
    found = list(wrong_with(plant(PAGE.read_text("utf-8"))))

    assert [line for line in found if complaint in line], found


def test_a_new_sentence_needs_a_row() -> None:
    assert list(
        sentences("We keep **nothing**. See [the page](page.md).\n\n- One.\n| a | b |\n|---|---|\n| c | d |")
    ) == [
        "We keep nothing.",
        "See the page.",
        "One.",
        "| c | d |",
    ]
