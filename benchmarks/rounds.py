"""Measuring side by side: everything that is compared takes its turn in every round, so that all of it meets the same
noise.

Only CPU time counts: on a shared machine the clock on the wall measures the neighbours. A ratio is taken within a
round, and of these the median over all rounds. The row `again` is the reference once more; what differs by less than
that row does, is equal.
"""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from time import process_time
from typing import TypeVar

AGAIN = "again"
T = TypeVar("T")

Turns = Mapping[str, Sequence[float]]
"""For each contestant what it cost in each round."""


def take_turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> Turns:
    """CPU seconds of each contestant in each round, after one round that does not count."""
    spent: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in in_turn(contestants, number):
            began = process_time()
            run()
            if number:
                spent[name].append(process_time() - began)
    return spent


def in_turn(contestants: Mapping[str, T], number: int) -> list[tuple[str, T]]:
    """All of them, each round from another one on, so that nobody always runs after the same neighbour."""
    everyone = list(contestants.items())
    first = number % len(everyone)
    return everyone[first:] + everyone[:first]


def ratios(turns: Turns, name: str, reference: str) -> list[float]:
    """What it cost, round by round, as a multiple of the reference."""
    return [mine / theirs for mine, theirs in zip(turns[name], turns[reference], strict=True)]


def print_turns(turns: Turns, reference: str, count: int, unit: str) -> None:
    """Each contestant's median in microseconds of CPU, and its ratio to the reference: median, least and most."""
    print(f"  {'':44} {'µs CPU/' + unit:>14} {'ratio':>8}   least .. most")
    for name, spent in turns.items():
        times = ratios(turns, name, reference)
        cost = median(spent) / count * 1e6
        print(f"  {name:44} {cost:14.2f} {median(times):8.3f}   {min(times):.3f} .. {max(times):.3f}")


def print_target(text: str, value: float, most: float) -> None:
    """A figure beside what it is meant to be at most."""
    print(f"  {text}: {value:.2f}, meant to be at most {most:g}: {'met' if value <= most else 'NOT met'}")


def print_place_and_time() -> None:
    """Where and when, for whoever reads the figures later."""
    load = " ".join(f"{each:.2f}" for each in os.getloadavg())
    now = datetime.now(UTC)
    print(
        f"{now:%Y-%m-%d %H:%M} UTC, {platform.python_implementation()} {platform.python_version()}, {platform.system()}"
    )
    print(
        f"{os.cpu_count()} cores, load average {load}. "
        "The machine may be shared: trust the ratios, not the microseconds."
    )
