"""Properties that must hold for every couple, as data: their kinds, their parameters, and the means to show them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from app.engine.condition_parser import nearest
from app.engine.conditions import All, Condition
from app.engine.ruleset import Ask, Ceiling, Cost, EnergyNeeded, Need, Rule
from app.engine.vocabulary import PRACTICES
from app.rulesets.content_reader import ReadContext
from app.rulesets.rules import excuse_key, read_condition
from app.rulesets.strict_yaml import Node, Record

PropertyKind = Literal[
    "support",
    "suggests",
    "called_for",
    "called_for_at_most",
    "withholds",
    "only_where",
    "rises",
    "alive",
    "counts",
    "bounded_wishes",
    "stays_private",
    "alike",
    "answers_add",
    "derived",
    "shrinks",
    "within_limits",
    "choices_left",
    "made_for",
    "ordered",
    "reached",
    "decides",
    "selected",
    "not_yet",
]
Means = Literal["solver", "cells", "engine", "argument", "random"]
"""`solver`: no input breaks it, says z3; `cells`: all were counted; `engine`: all were run; `random`: many were."""

_KEYS: Mapping[PropertyKind, tuple[str, ...]] = {
    "suggests": ("cases",),
    "called_for": ("cases",),
    "called_for_at_most": ("cases",),
    "withholds": ("cases",),
    "only_where": ("cases",),
    "rises": ("pairs",),
    "bounded_wishes": ("findings",),
    "choices_left": ("at_least",),
    "derived": ("first_wins", "bends"),
    "alike": ("findings",),
    "made_for": ("cases",),
}
_MOST_CHOICES = 9
BOUNDED: Mapping[str, tuple[str, ...]] = {
    "minutes": (),
    "novelty": (),
    "cost": get_args(Cost),
    "energy": get_args(EnergyNeeded),
    "conflict_ceiling": get_args(Ceiling),
}
"""What may be bounded of an activity, with its levels from low to high; without levels it is a number."""
_MOST = 2880


@dataclass(frozen=True, slots=True)
class Case:
    """A condition with the practices, purposes, asks or strategies that it is about.

    `need` is how much at least, or at most. Of a practice, one purpose is called for so much, and each is withheld.
    `at_most` and `at_least` bound the activities of these practices and asks: a number, or the place of a level.
    """

    when: Condition
    practices: tuple[str, ...]
    asks: tuple[Ask, ...]
    strategies: tuple[str, ...]
    need: Need | None
    purposes: tuple[str, ...] = ()
    at_most: tuple[tuple[str, int], ...] = ()
    at_least: tuple[tuple[str, int], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the practices and purposes that it is about."""
        return self.practices + self.purposes


@dataclass(frozen=True, slots=True)
class Property:
    """A promise that must hold. Its sentence, its reach and its arguments stand with the texts.

    `pairs` are purposes and the findings with which their need may only rise. `excused` rules say why they may change
    nothing. Findings in `first_wins` may put a calmer value before a worse one; those in `bends` need not move one way.
    """

    id: str
    kind: PropertyKind
    means: tuple[Means, ...]
    cases: tuple[Case, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()
    excused: tuple[str, ...] = field(default=())
    at_least: int = 0
    first_wins: tuple[str, ...] = ()
    bends: tuple[str, ...] = ()


def read_properties(context: ReadContext, rules: tuple[Rule, ...]) -> tuple[Property, ...]:
    """Read `properties.yaml`; `rules` may be excused there from changing something."""
    excused = tuple(rule.id for rule in rules if excuse_key(rule.id) in context.texts)
    return tuple(_property(context, *entry, excused) for entry in context.records("properties.yaml", "a property"))


def _property(context: ReadContext, id_: str, record: Record, excused: tuple[str, ...]) -> Property:
    context.texts_of(record, f"properties/{id_}", "says", "covers")
    kind = cast(PropertyKind, record.word("kind", get_args(PropertyKind)))
    means = cast("tuple[Means, ...]", record.words("means", get_args(Means)) if kind != "not_yet" else ())
    if "argument" in means:
        context.texts_of(record, f"properties/{id_}", "argument")
    readers: Mapping[str, Callable[[Node], Any]] = {
        "cases": lambda part: tuple(_case(context, item, kind) for item in part.items()),
        "pairs": lambda part: _pairs(context, part),
        "at_least": lambda part: part.integer(1, _MOST_CHOICES),
    }
    parts: dict[str, Any] = {
        key: readers[key](part) if key in readers else part.words(tuple(context.values_of))
        for key in _KEYS.get(kind, ())
        if (part := record.need(key))
    }
    record.close()
    if kind != "not_yet" and not means:
        record.node.wrong("a property says by which `means` it is shown")
    return Property(id_, kind, means, excused=excused if kind == "counts" else (), **parts)


def _case(context: ReadContext, node: Node, kind: PropertyKind) -> Case:
    record = Record(node)
    when = None if kind == "made_for" else read_condition(context, record.need("when"))
    strategies, purposes = (tuple(one.id for one in ones) for ones in (context.strategies, context.purposes))
    need = record.get("need")
    case = Case(
        when=when or All(()),
        practices=record.words("practices", PRACTICES, needed=False),
        purposes=record.words("purposes", purposes, needed=False),
        asks=cast("tuple[Ask, ...]", record.words("asks", get_args(Ask), needed=False)),
        strategies=record.words("strategies", strategies, needed=False),
        need=Need[need.word(tuple(Need.__members__))] if need else None,
        at_most=_bounds(record, "at_most") if kind == "made_for" else (),
        at_least=_bounds(record, "at_least") if kind == "made_for" else (),
    )
    record.close()
    if node.is_mapping and not any(map(record.get, ("practices", "purposes", "asks", "strategies"))):
        node.wrong("a case names `practices`, `purposes`, `asks` or `strategies`")
    return case


def _bounds(record: Record, key: str) -> tuple[tuple[str, int], ...]:
    bounds = []
    for name, part in record.entries(key, needed=False):
        if name not in BOUNDED:
            part.key.wrong(f"`{name}` cannot be bounded;{nearest(name, BOUNDED)}")
        elif BOUNDED[name]:
            bounds.append((name, BOUNDED[name].index(part.word(BOUNDED[name]))))
        else:
            bounds.append((name, part.integer(0, _MOST)))
    return tuple(bounds)


def _pairs(context: ReadContext, node: Node) -> tuple[tuple[str, str], ...]:
    pairs, purposes = [], tuple(purpose.id for purpose in context.purposes)
    for name, part in node.entries().items():
        if name not in purposes:
            part.key.wrong(f"there is no purpose `{name}`;{nearest(name, purposes)}")
        pairs += [(name, finding) for finding in part.words(tuple(context.values_of))]
    return tuple(pairs)
