"""The recipes of reinforcement, as the specification has them."""

import pytest
from pydantic import ValidationError

from training.grpo.recipes import GRPO_RECIPES, GrpoRecipe
from training.recipes import RECIPES, read_recipe


def test_there_are_three_and_a_run_s_configuration_is_read_back_by_its_kind() -> None:
    assert list(GRPO_RECIPES) == ["grpo-cold", "grpo-warm", "grpo-generated"]
    for name, recipe in GRPO_RECIPES.items():
        assert RECIPES[name] is recipe
        assert read_recipe(recipe.model_dump(mode="json")) == recipe


def test_the_warm_start_is_as_published() -> None:
    warm = GRPO_RECIPES["grpo-warm"]

    assert warm.published
    assert (warm.starts_from, warm.source, warm.iterations, warm.group_size) == ("adapter", "catalogue", 3, 4)
    assert (warm.temperature, warm.top_p, warm.learning_rate) == (1.0, 0.95, 1e-5)
    assert (warm.clip_range, warm.kl_weight, warm.grade_weight) == (0.2, 0.05, 1.0)
    assert "0.95" in warm.words or "95 %" in warm.words, "it says what that biases"


def test_the_cold_start_warms_up_on_eight_cases() -> None:
    cold = GRPO_RECIPES["grpo-cold"]

    assert cold.published
    assert (cold.starts_from, cold.warm_up_cases) == ("warm-up", 8)


def test_ours_samples_and_scores_by_the_same_distribution_and_never_sees_the_catalogue() -> None:
    ours = GRPO_RECIPES["grpo-generated"]

    assert not ours.published
    assert (ours.temperature, ours.top_p, ours.lora_dropout) == (1.0, 1.0, 0.0)
    assert (ours.rewards, ours.grade_weight) == ("grounded-1", 0.0)
    assert ours.source == "generated"
    assert ours.case_seed != ours.select_seed


@pytest.mark.parametrize("wrong", [{"group_size": 1}, {"clip_range": 0}, {"top_p": 0}, {"beta": 0.1}])
def test_a_configuration_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        GrpoRecipe.model_validate(GRPO_RECIPES["grpo-warm"].model_dump() | wrong)
