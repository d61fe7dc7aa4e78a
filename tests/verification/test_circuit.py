from random import Random
from typing import Any

import numpy as np
import pytest

from verification.circuit import FALSE, TRUE, Circuit, Node, Runner

WORDS = 4


def planes_of(names: range) -> dict[Any, np.ndarray[Any, np.dtype[np.uint64]]]:
    chance = np.random.default_rng(7)
    return {name: chance.integers(0, 2**63, WORDS, dtype=np.uint64) for name in names}


def test_equal_gates_are_made_once() -> None:
    circuit = Circuit()
    a, b = circuit.input("a"), circuit.input("b")

    assert circuit.every((a, b)) == circuit.every((b, a))
    assert circuit.some((a, b)) == circuit.some((b, a))
    assert circuit.invert(circuit.invert(a)) == a
    assert circuit.swap(circuit.swap(a)) == a


def test_what_follows_from_constants_is_no_gate() -> None:
    circuit = Circuit()
    a = circuit.input("a")

    assert circuit.every(()) == TRUE
    assert circuit.some(()) == FALSE
    assert circuit.every((a, circuit.invert(a))) == FALSE
    assert circuit.some((a, circuit.invert(a))) == TRUE
    assert circuit.every((a, TRUE, a)) == a
    assert circuit.differ(a, a) == FALSE
    assert circuit.swap(TRUE) == TRUE


@pytest.mark.parametrize("count", range(6))
def test_so_many_of_them_hold(count: int) -> None:
    circuit = Circuit()
    inputs = [circuit.input(i) for i in range(5)]
    counts = circuit.at_least(inputs)
    runner = Runner(circuit, counts)

    runner.run(2, lambda name, out: out.fill(1 if int(str(name)) < count else 0))

    assert [int(runner.plane(node)[0]) for node in counts] == [1] * count + [0] * (5 - count)


def test_a_circuit_decides_what_its_gates_say_however_planes_are_used_again() -> None:
    random, circuit, given = Random(3), Circuit(), planes_of(range(12))
    plain: dict[Node, Any] = {circuit.input(name): plane for name, plane in given.items()}
    for _ in range(600):
        a, b = random.choice(list(plain)), random.choice(list(plain))
        node, plane = random.choice(
            [
                (circuit.every((a, b)), plain[a] & plain[b]),
                (circuit.some((a, b)), plain[a] | plain[b]),
                (circuit.invert(a), ~plain[a]),
                (circuit.swap(a), np.concatenate((plain[a][WORDS // 2 :], plain[a][: WORDS // 2]))),
            ]
        )
        plain.setdefault(node, plane)
    outputs = [node for node in random.sample(list(plain), 60) if node not in (TRUE, FALSE)]
    runner = Runner(circuit, outputs)

    for _ in range(2):
        runner.run(WORDS, lambda name, out: np.copyto(out, given[name]))
        for node in outputs:
            assert (runner.plane(node) == plain[node]).all()


def test_few_planes_are_enough() -> None:
    circuit = Circuit()
    node = circuit.input(0)
    for name in range(1, 200):
        node = circuit.every((node, circuit.input(name)))
    runner = Runner(circuit, [node])

    runner.run(2, lambda _, out: out.fill(0))

    assert len(runner.memory) < 210
