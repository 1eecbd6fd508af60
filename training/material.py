"""What a recipe is trained on and selected by, made from the catalogue or by the generator; the same each time.

Needs neither torch nor Django. The generator takes the better part of a second to load: only who makes cases does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exceptions.catalogue import load_catalogue
from exceptions.environment import Case
from training.grpo.recipes import GrpoRecipe
from training.recipes import SftRecipe
from training.traces import (
    CASES_ON_A_SHEET,
    Trace,
    catalogue_split,
    catalogue_traces,
    drill_traces,
    generated_traces,
    sheet_traces,
)

#: By which the published attempts split the catalogue, whatever a run's own seed.
SPLIT_SEED: Final = 42
#: Of the twins that test, and of the cases of families left out: seeds that nothing is trained on or selected by.
TWINS_SEED: Final = 2007
FAMILIES_SEED: Final = 3007
_TWIN_PAIRS: Final = 30
_LEFT_OUT_CASES: Final = 40


def training_traces(recipe: SftRecipe) -> list[Trace]:
    """Expert traces of the recipe's cases, in a fixed order."""
    if recipe.source == "catalogue":
        cases, _holdout = catalogue_split(load_catalogue(), SPLIT_SEED)
        return catalogue_traces(cases, recipe.trace_lengths)
    drills, sheets = recipe.practice["drills"], recipe.practice["sheets"]
    return [
        *generated_traces(
            _mixture(recipe, recipe.case_count, recipe.case_seed),
            seed=recipe.case_seed,
            shuffled_share=recipe.shuffled_share,
        ),
        *drill_traces(_mixture(recipe, drills.count, drills.seed)),
        *sheet_traces(_mixture(recipe, sheets.count * CASES_ON_A_SHEET, sheets.seed)),
    ]


def cases_made(recipe: SftRecipe) -> int:
    """Generated cases that are made for `training_traces`."""
    drills, sheets = recipe.practice["drills"], recipe.practice["sheets"]
    return recipe.case_count + drills.count + sheets.count * CASES_ON_A_SHEET


def _mixture(recipe: SftRecipe, count: int, seed: int) -> list[Case]:
    from exceptions.generator import generate_mixture

    return generate_mixture(count, seed, recipe.families, twin_share=recipe.twin_share, wordings=recipe.wordings)


def cases_to_play(recipe: GrpoRecipe) -> list[Case]:
    """What a policy plays to learn."""
    if recipe.source == "catalogue":
        return catalogue_split(load_catalogue(), SPLIT_SEED)[0]
    from exceptions.generator import generate_cases

    return generate_cases(recipe.case_count, recipe.case_seed)


def select_cases(recipe: SftRecipe | GrpoRecipe) -> list[Case]:
    """What chooses the best checkpoint: the holdout of the catalogue, or generated cases of another seed."""
    if recipe.source == "catalogue":
        return catalogue_split(load_catalogue(), SPLIT_SEED)[1]
    from exceptions.generator import generate_cases

    return generate_cases(recipe.select_count, recipe.select_seed)


def twins_that_test() -> list[Case]:
    """Thirty pairs of twins, on which a model is tested beside the catalogue."""
    from exceptions.generator import generate_twins

    return [case for pair in generate_twins(_TWIN_PAIRS, TWINS_SEED) for case in (pair.one, pair.other)]


def cases_that_test(recipe: SftRecipe | GrpoRecipe) -> dict[str, list[Case]]:
    """What the model of a recipe is tested on in the end, by name: the twins, and the catalogue.

    Of a recipe that is trained on the catalogue, generated cases stand in its place. Of one that leaves families out,
    it is cases of these alone: what is asked is whether what it learned carries over to them, and the catalogue is not
    looked at for that.
    """
    from exceptions.generator import FAMILIES, generate_cases

    families = recipe.families if isinstance(recipe, SftRecipe) else None
    if left_out := [name for name in FAMILIES if families is not None and name not in families]:
        return {"families left out": generate_cases(_LEFT_OUT_CASES, FAMILIES_SEED, left_out)}
    if recipe.source == "catalogue":
        return {"twins": twins_that_test(), "generated": generate_cases(recipe.select_count, recipe.select_seed)}
    return {"twins": twins_that_test(), "catalogue": load_catalogue()}


@dataclass(frozen=True, slots=True)
class RecipeSize:
    """How much there is to do. `traces` of one pass (episodes of an iteration in reinforcement), optimizer `steps`."""

    traces: int
    steps: int
    evaluations: int
    evaluated_cases: int


def recipe_size(recipe: SftRecipe | GrpoRecipe, traces: Sequence[Trace] | None = None) -> RecipeSize:
    """Told without making any case; `traces` of a chosen data set in place of the recipe's own."""
    holdout = 4 if recipe.source == "catalogue" else recipe.select_count
    if isinstance(recipe, GrpoRecipe):
        cases = 18 if recipe.source == "catalogue" else recipe.case_count
        episodes = min(recipe.cases_per_iteration or cases, cases) * recipe.group_size
        steps = -(-episodes // recipe.trajectories_per_step) * recipe.passes * recipe.iterations
        return RecipeSize(episodes, steps, recipe.iterations + 1, holdout)
    count = 18 * len(recipe.trace_lengths) if recipe.source == "catalogue" else recipe.case_count
    count += sum(kind.count for kind in recipe.practice.values())
    if traces is not None:
        count = len(traces)
    return RecipeSize(count, -(-count // recipe.traces_per_step) * recipe.epochs, recipe.epochs + 1, holdout)
