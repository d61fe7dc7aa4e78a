"""The mutants that may live, each with its reason: `living.yaml`."""

from pathlib import Path

import yaml

LIVING = Path(__file__).parent / "living.yaml"
_OPEN = "Not settled"


def living() -> dict[str, str]:
    groups = yaml.load(LIVING.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  nothing but text
    return {name: group["because"] for group in groups for name in group["mutants"]}


def is_settled(because: str | None) -> bool:
    """Whether a reason is given why nothing could tell the mutant apart."""
    return because is not None and not because.startswith(_OPEN)
