"""A run in seconds: the speaking model, cases of two steps, a recipe that learns fast.

`python -m tests.training.grpo.toy_run MODEL FOLDER METRICS MOMENT` dies at that moment (see `Mortal`).
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from exceptions.environment import Case
from tests.training.grpo.recording import Mortal
from tests.training.grpo.speaking_model import short_cases
from training.grpo.recipes import GRPO_RECIPES, GrpoRecipe
from training.grpo.trainer import train_grpo
from training.reporting import Reporter
from training.sft import Outcome

TOY = GrpoRecipe.model_validate(
    GRPO_RECIPES["grpo-generated"].model_dump()
    | {
        "name": "toy",
        "starts_from": "nothing",
        "iterations": 3,
        "cases_per_iteration": 3,
        "group_size": 6,
        "max_new_tokens": 4,
        "worksheet": False,
        "learning_rate": 1e-2,
        "lora_rank": 4,
        "kl_weight": 0.01,
        "trajectories_per_step": 6,
        "seed": 1,
    }
)


def changed(**fields: object) -> GrpoRecipe:
    """The toy recipe with some fields changed."""
    return GrpoRecipe.model_validate(TOY.model_dump() | fields)


def toy_run(
    model: Path,
    folder: Path,
    reporter: Reporter,
    recipe: GrpoRecipe = TOY,
    cases: Sequence[Case] = tuple(short_cases(4)),
) -> Outcome:
    """Train on four cases, select on two of them."""
    return train_grpo(
        recipe,
        base_model=str(model),
        folder=folder,
        reporter=reporter,
        cases=cases,
        select=cases[:2],
        device="cpu",
        threads=1,
    )


if __name__ == "__main__":
    model, folder, metrics = map(Path, sys.argv[1:4])
    toy_run(model, folder, Mortal(metrics, sys.argv[4]))
