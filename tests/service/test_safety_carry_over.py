"""What safety answers call for is carried; for the engine it reads as the answers that called for it."""

from datetime import date

import pytest

from app.engine.plain_values import from_plain
from app.engine.self_report import SAFETY_QUESTIONS, Safety, support_kinds
from app.service.safety_carry_over import Held, as_answers, carry_over, kinds_called_for

TODAY = date(2026, 11, 30)
SKIPPED = from_plain(Safety, dict.fromkeys(SAFETY_QUESTIONS, "skip"))


@pytest.mark.parametrize(
    "safety",
    [
        Safety(humiliated="sometimes"),
        Safety(humiliated="often", fear="yes"),
        Safety(humiliated="sometimes", self_harm="yes"),
        SKIPPED,
        Safety(fear="no", humiliated="rarely"),
    ],
)
def test_what_is_carried_means_the_same_to_the_engine(safety: Safety) -> None:
    answers = as_answers(carry_over({}, safety, TODAY, None))

    assert support_kinds(answers) == support_kinds(safety)
    assert kinds_called_for(answers) == kinds_called_for(safety)


def test_a_skipped_question_leaves_its_sign_as_it_was() -> None:
    carried = carry_over({}, Safety(humiliated="sometimes"), TODAY, None)

    assert carry_over(carried, Safety(humiliated="skip", fear="no"), TODAY, None) == carried
    assert carry_over(carried, Safety(humiliated="never"), TODAY, None) == {}
    assert [*carry_over(carried, Safety(humiliated="often"), TODAY, None)] == ["concern"]
    assert [*carry_over(carried, SKIPPED, TODAY, None)] == ["humiliated_sometimes", "all_skipped"]
    assert carry_over({"all_skipped": Held(TODAY, None)}, Safety(fear="skip", hurt="no"), TODAY, None) == {}


def test_a_block_without_any_answer_ends_nothing() -> None:
    held = carry_over({}, Safety(fear="yes", self_harm="yes"), TODAY, None)

    assert carry_over(held, Safety(), TODAY, None) == held
    assert carry_over(held, Safety(fear="no"), TODAY, None) == {}
