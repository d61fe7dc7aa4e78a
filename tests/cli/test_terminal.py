import re
from io import StringIO
from typing import Any

import pytest
from rich.cells import cell_len

from app.commands.terminal import Screen

REASON = "In full weeks, a few shared minutes on most days are easier to keep."
VIEW: dict[str, Any] = {
    "outcome": "suggestions",
    "support": None,
    "opening": "Kind words come easily between you.",
    "strategies": [
        {"title": "Quality time", "standing": "leading", "reasons": ["small-moments"], "withheld_by": []},
        {
            "title": "New experiences",
            "standing": "not_now",
            "reasons": [],
            "withheld_by": ["not_the_moment"],
        },
    ],
    "activities": [
        {
            "title": "一緒に夕方の散歩をして、家の周りをゆっくり一回りする時間",
            "summary": "A walk around the block. Nobody has to talk. 🙂 " * 3,
            "minutes": 20,
            "times_a_week": 3,
            "cost": "free",
            "together": True,
            "why": "Walking together is time for two.",
            "reasons": ["small-moments", "taste_love"],
        },
        {
            "title": "Write [bold]one[/bold] kind line",
            "summary": "It takes a pen.",
            "minutes": 5,
            "times_a_week": None,
            "cost": "low",
            "together": False,
            "why": "A kind line can last a day.",
            "reasons": ["small-moments"],
        },
    ],
    "insights": [{"text": "Small steps count most."}],
    "reasons": {
        "small-moments": {"text": REASON},
        "not_the_moment": {"text": "This one is not for now."},
        "taste_love": {"text": "You love walks."},
    },
    "ask_next": [{"question": "communication.ease", "why": "How talking feels would decide most."}],
    "limits": ["This is not therapy."],
}
SUPPORT = VIEW | {
    "outcome": "support",
    "opening": None,
    "reasons": {},
    "strategies": [],
    "activities": [],
    "insights": [],
    "ask_next": [],
    "support": {"text": "You are not alone.", "resources": [{"name": "A line", "contact": "0800 123"}]},
}


def shown(view: dict[str, Any], width: int = 80) -> str:
    output = StringIO()
    Screen(output, width).answer({"ruleset": {"version": "2026.11"}, "views": {"a": view}})
    return output.getvalue()


@pytest.mark.parametrize("width", [30, 50, 80, 200])
def test_no_line_is_wider_than_the_terminal_or_than_reads_well(width: int) -> None:
    lines = shown(VIEW, width).splitlines()

    assert max(cell_len(line) for line in lines) <= min(width, 100)
    assert [line for line in lines if line != line.rstrip()] == []


def test_where_nobody_looks_on_there_are_words_alone() -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", shown(VIEW))


def test_a_view_says_what_to_do_how_long_it_takes_and_why() -> None:
    said = " ".join(shown(VIEW).split())

    assert "What partner A may see Kind words come easily between you. Quality time (first) In full weeks" in said
    assert "New experiences (not now) This one is not for now." in said
    assert "20 minutes, 3 times a week, free" in said
    assert "5 minutes, costs little, for you alone" in said
    assert "communication.ease: How talking feels would decide most." in said
    assert said.endswith("This is not therapy. Decided by ruleset 2026.11.")


def test_in_brief_what_to_do_is_left() -> None:
    output = StringIO()

    Screen(output, 80).answer({"ruleset": {"version": "2026.11"}, "views": {"a": VIEW}}, brief=True)

    assert "Quality time" in output.getvalue()
    assert "This is not therapy." in output.getvalue()
    assert "Small steps count most." not in output.getvalue()


def test_a_reason_is_read_once() -> None:
    said = " ".join(shown(VIEW).split())

    assert said.count(REASON) == 1
    assert "Why: Walking together is time for two. You love walks." in said


def test_texts_are_shown_as_they_are() -> None:
    assert "Write [bold]one[/bold] kind line" in shown(VIEW)


def test_support_is_shown_with_whom_to_turn_to() -> None:
    said = shown(SUPPORT)

    assert "You are not alone." in said
    assert "A line: 0800 123" in said
    assert "Quality time" not in said


def test_what_is_there_to_be_copied_is_never_broken() -> None:
    output = StringIO()
    address = "http://127.0.0.1:8000/" + "a" * 100

    Screen(output, 40).table([("Try it out", address), ("Is it well?", "yes")])

    assert output.getvalue() == f"  Try it out   {address}\n  Is it well?  yes\n"


@pytest.mark.parametrize("columns", ["0", "1", "5", "19"])
def test_on_a_terminal_without_width_everything_is_said_support_above_all(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = ["".join(shown(view).split()) for view in (SUPPORT, VIEW)]
    monkeypatch.setenv("COLUMNS", columns)
    outputs = []
    for view in (SUPPORT, VIEW):
        output = StringIO()
        Screen(output).answer({"ruleset": {"version": "2026.11"}, "views": {"a": view}})
        outputs.append("".join(output.getvalue().split()))

    assert outputs == usual


def test_an_explanation_says_what_stands_in_the_way_and_what_would_change_it() -> None:
    output = StringIO()
    text = "It takes 75 minutes; your longest free stretch is 30."
    change = {"answer": "busyness.longest_slot_minutes", "now": 30, "to": 75}

    Screen(output, 80).explanation(
        {
            "target": "dance-class",
            "status": "withheld",
            "because": [{"text": "This one is not for now."}],
            "blocked_by": [{"constraint": "longest_slot_minutes", "needs": 75, "has": 30, "text": text}],
            "would_change": [{"changes": [change], "then": "suggested"}],
            "why_none": None,
        }
    )

    said = " ".join(output.getvalue().split())
    assert said.startswith("dance-class: held back This one is not for now. What stands in the way It takes 75")
    assert said.endswith("It would be suggested with busyness.longest_slot_minutes: 75 (now 30)")
