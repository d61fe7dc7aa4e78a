"""The gate before everything: item by item, never a score. `no`, `skip` and unknown lead nowhere."""

from typing import Literal

from app.engine.self_report import Safety

SupportKind = Literal["crisis", "danger", "concern", "own_acts"]

GRAVEST_FIRST: tuple[SupportKind, ...] = ("crisis", "danger", "concern", "own_acts")
_NO_ANSWERS = Safety()


def support_kinds(safety: Safety | None) -> tuple[SupportKind, ...]:
    """The kinds of support that these answers ask for, gravest first; empty when none does."""
    if safety is None or safety == _NO_ANSWERS:
        return ()
    dangers = (safety.fear, safety.hurt, safety.injury, safety.threat, safety.forced, safety.control)
    asked: dict[SupportKind, bool] = {
        "crisis": safety.self_harm == "yes",
        "danger": "yes" in dangers,
        "concern": safety.humiliated == "often",
        "own_acts": safety.worried_about_own_acts == "yes",
    }
    return tuple(kind for kind in GRAVEST_FIRST if asked[kind])
