"""Tries every mutant of the engine's Python and counts: `python -m tests.mutation`, or `make mutants`."""

import sys
from collections import Counter

from app.rulesets.load import load_ruleset
from tests.mutation.kill import Killer, all_mutants, couples
from tests.mutation.living import is_settled, living

COLUMNS = ("made", "killed", "equivalent", "not settled")


def main() -> int:
    known = living()
    killer = Killer(load_ruleset(), couples())
    counts: dict[str, Counter[str]] = {}
    wrong = []
    for mutant in all_mutants():
        fate = (
            "killed" if killer.kills(mutant) else "equivalent" if is_settled(known.get(mutant.name)) else "not settled"
        )
        counts.setdefault(mutant.module, Counter()).update(("made", fate))
        if (fate == "killed") is (mutant.name in known):
            wrong.append(f"{'listed, but killed' if fate == 'killed' else 'lives, and is not listed'}: {mutant.name}")
    _show(counts)
    print(*wrong, sep="\n")  # noqa: T201
    return bool(wrong)


def _show(counts: dict[str, Counter[str]]) -> None:
    total = sum(counts.values(), Counter[str]())
    print(f"{'':16}", *(f"{column:>12}" for column in COLUMNS))  # noqa: T201
    for module, count in (*counts.items(), ("all", total)):
        print(f"{module:16}", *(f"{count[column]:12}" for column in COLUMNS))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
