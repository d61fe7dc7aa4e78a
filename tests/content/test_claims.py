from collections.abc import Mapping

from app.engine.ruleset import Activity, Insight, Practice, Purpose, Rule, Strategy
from app.rulesets.library import Library
from app.rulesets.review import realised_by


def table(realised: Mapping[str, tuple[str, ...]]) -> str:
    """Claim by claim, by what it is realised."""
    return "\n".join(f"{claim}  {len(by):3}  {', '.join(by) or 'nothing'}" for claim, by in realised.items())


def test_every_claim_of_the_article_is_realised_by_something(library: Library) -> None:
    realised = realised_by(library)

    assert list(realised) == [f"C{number:02}" for number in range(1, 57)]
    assert all(realised.values()), f"\n{table(realised)}"


def test_what_can_be_done_is_realised_by_something_to_do_or_a_rule_that_leads_to_it(library: Library) -> None:
    realised = realised_by(library)
    to_do = ("rules/", "activities/", "purposes/", "practices/", "strategies/")

    for claim in library.claims.values():
        if claim.kind == "action":
            assert any(by.startswith(to_do) for by in realised[claim.id]), f"\n{table(realised)}"


def test_the_three_strategies_their_practices_and_purposes_rest_on_the_article(library: Library) -> None:
    ruleset = library.ruleset
    ones: tuple[Strategy | Practice | Purpose, ...] = (*ruleset.strategies, *ruleset.practices, *ruleset.purposes)

    assert [one.id for one in ones if not one.claims] == []


def test_what_rests_on_the_article_says_on_which_claim(library: Library) -> None:
    ruleset = library.ruleset
    ones: tuple[Rule | Insight | Activity, ...] = (*ruleset.rules, *ruleset.insights, *ruleset.activities)

    assert [one.id for one in ones if one.basis == "article" and not one.claims] == []


def test_references_are_said_as_printed_and_as_verified(library: Library) -> None:
    assert list(library.references) == [1, 2, 3, 4, 5]
    for reference in library.references.values():
        assert reference.printed
        assert reference.link.startswith("https://")
    cited = {claim.reference for claim in library.claims.values()} - {None}
    assert cited <= set(library.references)
