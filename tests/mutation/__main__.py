"""Tries every mutant of the engine's Python and counts: `python -m tests.mutation`, or `make mutants`.

Those that live are named. Some are no mistakes: quicker, not different. Read the others: what would show them?
"""

from collections import Counter

from app.rulesets.load import load_ruleset
from tests.mutation.kill import Killer, all_mutants


def main() -> None:
    killer = Killer(load_ruleset())
    made: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    for mutant in all_mutants():
        made[mutant.module] += 1
        if killer.kills(mutant):
            killed[mutant.module] += 1
        else:
            print("lives:", mutant.name)  # noqa: T201
    for module in made:
        print(f"{module:24} {killed[module]:5} of {made[module]:5}")  # noqa: T201
    print(f"{'all':24} {killed.total():5} of {made.total():5}")  # noqa: T201


if __name__ == "__main__":
    main()
