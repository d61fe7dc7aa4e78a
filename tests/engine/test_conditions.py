import pytest

from app.engine.condition_parser import ConditionError, nearest, parse_derivation, parse_rule_condition
from app.engine.conditions import All, AnyOf, Chosen, Clause, Contains, Leaf, Linear, Not, Truth, leaves, truth, whole

FINDINGS = {"talk": ("easy", "effortful", "strained"), "busy": ("slack", "normal", "full", "overloaded")}
STRAINED = Clause("talk", "==", ("strained",), (2,))
FULL = Clause("busy", ">=", ("full",), (2, 3))


@pytest.mark.parametrize(
    ("text", "accepts"),
    [
        ("busy == full", (2,)),
        ("busy != full", (0, 1, 3)),
        ("busy < full", (0, 1)),
        ("busy <= full", (0, 1, 2)),
        ("busy > full", (3,)),
        ("busy >= full", (2, 3)),
        ("busy in (overloaded, slack)", (0, 3)),
        ("busy in [full]", (2,)),
        ("busy in full", (2,)),
    ],
)
def test_a_clause_accepts_what_its_operator_says(text: str, accepts: tuple[int, ...]) -> None:
    clause = parse_rule_condition(text, FINDINGS)
    assert isinstance(clause, Clause)
    assert clause.accepts == accepts


def test_clauses_are_joined_by_and_or_not_and_brackets() -> None:
    text = "talk == strained and (busy >= full or not talk == strained)"
    assert parse_rule_condition(text, FINDINGS) == All((STRAINED, AnyOf((FULL, Not(STRAINED)))))
    assert parse_rule_condition("talk == strained\nand busy >= full", FINDINGS) == All((STRAINED, FULL))


@pytest.mark.parametrize(
    ("text", "reason", "offset"),
    [
        ("talk = strained", "is not a condition: equal is written `==`", None),
        ("busy => full", "is not a condition: write `>=` or `<=`", None),
        ("busy =< full", "is not a condition: write `>=` or `<=`", None),
        ("talk == ", "is not a condition", None),
        ("talk == strained and busi == full", "there is no finding `busi`; did you mean `busy`?", 21),
        ("talk == hard", "`hard` is not a value of `talk`;", 8),
        ("busy in (full, ful)", "did you mean `full`?", 15),
        ("talk == (strained, easy)", "several values go with `in`", 8),
        ("talk in (easy, effortful, strained)", "this is always true of `talk`", 0),
        ("busy < slack", "this is never true of `busy`", 0),
        ("slack <= busy", "there is no finding `slack`", 0),
        ("easy < talk < strained", "one comparison at a time", 0),
        ("talk is strained", "use one of", 0),
        ("talk", "is not allowed in a condition", 0),
        ("talk + busy", "is not allowed in a condition", 0),
        ("f(talk) == easy", "is not a name", 0),
        ("talk == True", "`True` is not a name", 8),
        ("talk == 1", "`1` is not a value", 8),
        ("__import__('os').system('true')", "is not allowed in a condition", 0),
        ("(lambda: talk)() == easy", "is not a name", 0),
        ("\0", "is not a condition", 0),
        ("(" * 2_000 + "talk == easy" + ")" * 2_000, "not a condition", None),
        ("not " * 5_000 + "talk == easy", "this is not a condition", 0),
    ],
)
def test_what_is_not_a_condition_is_refused_with_a_reason_and_a_place(
    text: str, reason: str, offset: int | None
) -> None:
    with pytest.raises(ConditionError) as refused:
        parse_rule_condition(text, FINDINGS)
    assert reason in refused.value.reason
    assert offset is None or refused.value.offset == offset


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("goal == repair", Chosen("goal", ("repair",))),
        ("conflict.level >= frequent", Chosen("conflict.level", ("frequent", "chronic"))),
        ("conflict.level in (rare, chronic)", Chosen("conflict.level", ("rare", "chronic"))),
        ("closeness.level <= 2", Chosen("closeness.level", ("1", "2"))),
        ("circumstances.childcare == true", Chosen("circumstances.childcare", ("true",))),
        ("lonely in closeness.feelings", Contains("closeness.feelings", "lonely")),
        ("time_together.hours_per_week >= 1.25", Linear(((1, "time_together.hours_per_week"),), ">=", 5)),
        ("time_together.date_nights_per_month < 4", Linear(((1, "time_together.date_nights_per_month"),), "<", 4)),
        (
            "time_together.desired_hours_per_week - time_together.hours_per_week >= 1",
            Linear(((1, "time_together.desired_hours_per_week"), (-1, "time_together.hours_per_week")), ">=", 4),
        ),
        (
            "2 * time_together.hours_per_week < time_together.desired_hours_per_week - 1",
            Linear(((2, "time_together.hours_per_week"), (-1, "time_together.desired_hours_per_week")), "<", -4),
        ),
    ],
)
def test_a_derivation_speaks_of_answers(text: str, leaf: Leaf) -> None:
    assert parse_derivation(text) == leaf


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("conflict.levl == rare", "there is no answer `conflict.levl`; did you mean `conflict.level`?"),
        ("conflict.level == rarely", "`rarely` is not a value of `conflict.level`"),
        ("closeness.feelings == lonely", "holds several answers"),
        ("lonley in closeness.feelings", "did you mean `lonely`?"),
        ("rare in conflict.level", "is not a set of answers"),
        ("lonely in feelings", "there is no answer `feelings`"),
        ("time_together.hours_per_week >= busyness.minutes_per_week", "hours and counts do not add up"),
        ("time_together.hours_per_week - conflict.level > 1", "hours and counts do not add up"),
        ("time_together.hours_per_week > 0.1", "hours come in quarters"),
        ("activity_preferences.likes == love", "holds several answers"),
        ("1 < 2", "there is no answer `1`"),
        ("time_together.hours_per_week - time_together.hours_per_week == 0", "the answers cancel each other out"),
    ],
)
def test_a_derivation_that_cannot_be_read_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse_derivation(text)
    assert reason in refused.value.reason


TRUTHS: tuple[Truth, ...] = (True, False, None)


def test_truth_has_three_values() -> None:
    def of(condition: All | AnyOf | Not, first: Truth, second: Truth) -> Truth:
        return truth(condition, lambda leaf: first if leaf is STRAINED else second)

    for one in TRUTHS:
        for two in TRUTHS:
            both, either = of(All((STRAINED, FULL)), one, two), of(AnyOf((STRAINED, FULL)), one, two)
            assert both is (False if False in (one, two) else None if None in (one, two) else True)
            assert either is (True if True in (one, two) else None if None in (one, two) else False)
        assert of(Not(STRAINED), one, None) is (None if one is None else not one)
    assert of(All(()), None, None) is True
    assert of(AnyOf(()), None, None) is False


def test_every_leaf_is_found_in_reading_order() -> None:
    assert list(leaves(All((STRAINED, Not(AnyOf((FULL, STRAINED))))))) == [STRAINED, FULL, STRAINED]


def test_hours_are_counted_in_quarters_and_all_else_as_it_is() -> None:
    assert whole(1.75, "time_together.hours_per_week") == 7
    assert whole(30, "busyness.minutes_per_week") == 30


def test_the_nearest_word_is_offered_and_all_of_them_where_they_are_few() -> None:
    assert nearest("busi", FINDINGS) == " did you mean `busy`? one of: talk, busy"
    assert nearest("xyz", FINDINGS) == " one of: talk, busy"
    assert nearest("word1", tuple(f"word{i}" for i in range(20))) == " did you mean `word1`?"
    assert nearest("xyz", tuple(f"word{i}" for i in range(20))) == ""
