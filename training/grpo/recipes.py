"""The recipes of reinforcement: two published ones, and ours."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import Field

from training.recipe_fields import ALL_LINEAR, RecipeFields


class GrpoRecipe(RecipeFields):
    """Group relative policy optimisation: a group of episodes on each case, and learning from what set them apart."""

    kind: Literal["grpo"] = "grpo"

    starts_from: Literal["warm-up", "adapter", "nothing"] = Field(
        default="adapter",
        description="A short supervised warm-up on expert traces, an earlier adapter, or the base model as it is.",
    )
    warm_up_cases: int = Field(default=8, ge=1, le=1000, description="Cases in the warm-up.")
    warm_up_epochs: int = Field(default=3, ge=1, le=100, description="Times that their traces are seen.")
    warm_up_learning_rate: float = Field(default=5e-4, gt=0, le=1, description="Of AdamW, in the warm-up.")

    source: Literal["catalogue", "generated"] = Field(
        default="catalogue", description="What is played to learn: 18 cases of the catalogue, or generated ones."
    )
    case_count: int = Field(default=48, ge=1, le=100_000, description="Generated cases to play.")
    case_seed: int = Field(default=11, ge=0, description="Seed of the generated cases.")
    select_count: int = Field(default=60, ge=1, le=2000, description="Generated cases that select the best iteration.")
    select_seed: int = Field(default=1007, ge=0, description="Seed of those.")

    iterations: int = Field(default=3, ge=1, le=1000, description="Times that the policy plays and is then updated.")
    cases_per_iteration: int | None = Field(default=None, ge=1, description="Cases played in each; null: all of them.")
    group_size: int = Field(default=4, ge=2, le=64, description="Episodes of each case (G).")
    temperature: float = Field(default=1.0, gt=0, le=2, description="At which they are sampled and scored.")
    top_p: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of the probability that is sampled from; all of it is scored.",
    )
    max_new_tokens: int = Field(
        default=256, ge=1, le=4096, description="Longest answer in play and in evaluations, in tokens."
    )
    rewards: Literal["seed-1", "grounded-1"] = Field(default="grounded-1", description="Reward scheme of the episodes.")
    grade_weight: float = Field(
        default=0.0,
        ge=0,
        le=10,
        description="How often the grade is added to the cumulative reward, which holds it once.",
    )
    hotter_by: float = Field(
        default=0.3, ge=0, le=1, description="Added to the temperature when a group without variance is played again."
    )
    hotter_tries: int = Field(default=1, ge=0, le=10, description="How often it is played again at most.")

    variant: Literal["grpo", "dr_grpo"] = Field(
        default="grpo", description="Divide advantages by the group's spread and average over tokens, or neither."
    )
    advantage_bound: float = Field(
        default=3.0, gt=0, description="Advantages beyond this are cut, so that a tiny spread is not blown up."
    )
    clip_range: float = Field(
        default=0.2, gt=0, lt=1, description="ε: how far a token's ratio may move and still count."
    )
    kl_weight: float = Field(
        default=0.05, ge=0, description="β: weight of the divergence from the base model; at 0 it is not computed."
    )
    trajectories_per_step: int = Field(default=16, ge=1, le=4096, description="Episodes in one optimizer step.")
    passes: int = Field(default=1, ge=1, le=10, description="Times that an iteration's episodes are learned from.")
    select_by: Literal["score", "resolved"] = Field(default="score", description="What makes an iteration the best.")
    register_as: Literal["best", "last"] = Field(default="best", description="The checkpoint that becomes a model.")


_PUBLISHED: Final[Mapping[str, Any]] = {
    "published": True,
    "learning_rate": 1e-5,
    "top_p": 0.95,
    "rewards": "seed-1",
    "grade_weight": 1.0,
}

GRPO_RECIPES: Final[Mapping[str, GrpoRecipe]] = MappingProxyType(
    {
        recipe.name: recipe
        for recipe in (
            GrpoRecipe(
                name="grpo-cold",
                title="GRPO, cold start",
                words="A short warm-up on eight cases teaches the form of an answer, then three iterations of GRPO. "
                "The published attempt ended here: all samples of a case earned the same, so nothing could be learned.",
                starts_from="warm-up",
                **_PUBLISHED,
            ),
            GrpoRecipe(
                name="grpo-warm",
                title="GRPO, warm start",
                words="From the best supervised adapter, three iterations over the 18 training cases. The reward "
                "counts the grade twice. Sampled from 95 % of the probability but scored by all of it, as published: "
                "the tail is never tried, and the gradient is exactly that of neither distribution.",
                **_PUBLISHED,
            ),
            GrpoRecipe(
                name="grpo-generated",
                title="GRPO on generated cases",
                words="From the adapter trained on generated cases, on further ones; sampled and scored by the same "
                "distribution, rewarded by the grounded grade alone, which no shortcut earns. Selected on generated "
                "cases of another seed; the catalogue is never trained on.",
                source="generated",
                lora_rank=32,
                lora_alpha=64,
                lora_dropout=0.0,
                lora_targets=ALL_LINEAR,
                learning_rate=5e-5,
                worksheet=True,
                cases_per_iteration=16,
                kl_weight=0.001,
                select_by="resolved",
                seed=42,
            ),
        )
    }
)
