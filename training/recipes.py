"""Recipes by name: everything that decides how a run goes. A run's configuration is a recipe with its changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

from training.grpo.recipes import GRPO_RECIPES, GrpoRecipe
from training.recipe_fields import ALL_LINEAR, Precision, RecipeFields, Schedule

__all__ = ["RECIPES", "SFT_RECIPES", "Precision", "Recipe", "Schedule", "SftRecipe", "read_recipe"]


class SftRecipe(RecipeFields):
    """Supervised fine-tuning on traces."""

    kind: Literal["sft"] = "sft"

    source: Literal["catalogue", "generated"] = Field(
        default="catalogue", description="What is trained on: 18 cases of the catalogue, or generated ones."
    )
    trace_lengths: tuple[Annotated[int, Field(ge=1, le=9)], ...] = Field(
        default=(3, 5, 7, 9), min_length=1, description="Looks before the submit; a trace of each (catalogue only)."
    )
    case_count: int = Field(default=1000, ge=1, le=100_000, description="Generated cases to train on.")
    case_seed: int = Field(default=7, ge=0, description="Seed of the generated cases.")
    twin_share: float = Field(default=0.0, ge=0, le=1, description="Share of the generated cases that are twins.")
    wordings: int = Field(default=1, ge=1, le=16, description="Wordings in which each half of a twin is told.")
    families: tuple[str, ...] | None = Field(default=None, description="Families to train on; null: all.")
    shuffled_share: float = Field(default=0.0, ge=0, le=1, description="Share of generated traces in another order.")
    drills_per_case: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Further generated cases for each, of the next seed: their worksheets, without the looks.",
    )
    sheets_per_case: int = Field(
        default=0,
        ge=0,
        le=100,
        description="For each, a sheet of texts of twenty further generated cases, of the seed after next, to be read.",
    )
    select_count: int = Field(default=60, ge=1, le=2000, description="Generated cases that select the best epoch.")
    select_seed: int = Field(default=1007, ge=0, description="Seed of those.")

    epochs: int = Field(default=3, ge=1, le=100, description="Times that all traces are seen.")
    traces_per_step: int = Field(default=8, ge=1, le=1024, description="Traces in one optimizer step.")
    schedule: Schedule = Field(default="constant", description="How the learning rate falls.")
    warmup_steps: int = Field(default=0, ge=0, description="Optimizer steps in which it rises first.")
    submit_weight: float = Field(default=5.0, gt=0, description="Weight of the submit turn's tokens.")
    finding_weight: float = Field(default=1.0, gt=0, description="Further factor for the conclusion.")
    gist_weight: float = Field(default=1.0, gt=0, description="Further factor for what a text is said to mean.")
    decision_weight: float = Field(default=1.0, gt=0, description="Further factor for those of decision and type.")
    other_weight: float = Field(default=1.0, ge=0, description="Weight of the other turns' tokens.")
    other_share: float = Field(default=1.0, ge=0, le=1, description="Share of the other turns that are trained at all.")
    checkpoint_every: int = Field(default=25, ge=1, description="Optimizer steps between rolling checkpoints.")
    evaluate_first: bool = Field(default=True, description="Evaluate before the first epoch, too: the untrained model.")
    select_by: Literal["score", "resolved"] = Field(default="score", description="What makes an epoch the best.")
    register_as: Literal["best", "last"] = Field(default="last", description="The checkpoint that becomes a model.")

    @property
    def practice(self) -> "dict[str, Practice]":
        """What is trained on beside whole traces."""
        return practice_in(self.model_dump())


@dataclass(frozen=True, slots=True)
class Practice:
    """So many traces for practice, of the cases of a seed of their own."""

    count: int
    seed: int


def practice_in(fields: Mapping[str, Any]) -> dict[str, Practice]:
    """What a supervised recipe with these fields trains on beside whole traces: drills and sheets."""
    cases = fields.get("case_count", 0) if fields.get("source") == "generated" else 0
    seed = fields.get("case_seed", 0)
    return {
        "drills": Practice(cases * fields.get("drills_per_case", 0), seed + 1),
        "sheets": Practice(cases * fields.get("sheets_per_case", 0), seed + 2),
    }


def practice_words(fields: Mapping[str, Any]) -> str:
    """The same, to follow the number of cases: ` and 1,200 drills of seed 8`."""
    kinds = practice_in(fields).items()
    *others, last = ["", *(f"{kind.count:,} {name} of seed {kind.seed}" for name, kind in kinds if kind.count)]
    return f"{', '.join(others)} and {last}" if last else ""


def _sft(name: str, title: str, words: str, **fields: Any) -> SftRecipe:
    return SftRecipe(name=name, title=title, words=words, **fields)


#: An optimizer step for each trace, as the published attempts took one for each example.
_PUBLISHED: Final[dict[str, Any]] = {"published": True, "traces_per_step": 1}

SFT_RECIPES: Final[Mapping[str, SftRecipe]] = MappingProxyType(
    {
        recipe.name: recipe
        for recipe in (
            _sft(
                "full-trace-4bit",
                "Full trace, 4 bit",
                "All turns of traces with nine looks, the base weights in NF4. Needs CUDA and bitsandbytes.",
                trace_lengths=(9,),
                precision="nf4",
                **_PUBLISHED,
            ),
            _sft(
                "full-trace",
                "Full trace",
                "All turns of traces with 3, 5, 7 and 9 looks: most of the loss is on investigating.",
                **_PUBLISHED,
            ),
            _sft(
                "submit-only",
                "Submit only",
                "Only the submit turns of the same 72 traces: the model learns when and how to end.",
                other_weight=0.0,
                **_PUBLISHED,
            ),
            _sft(
                "submit-deep",
                "Submit, deep",
                "Only submit turns after at least seven looks: 36 of them. The last epoch is the model.",
                trace_lengths=(7, 9),
                other_weight=0.0,
                **_PUBLISHED,
            ),
            _sft(
                "submit-deep-best",
                "Submit, deep, best epoch",
                "The same, and the epoch with the best holdout score is the model.",
                trace_lengths=(7, 9),
                other_weight=0.0,
                register_as="best",
                **_PUBLISHED,
            ),
            _sft(
                "generated",
                "Generated cases",
                "Generated cases, answered on a worksheet: the loss is on what is left open there. Some as whole "
                "traces, most without the looks, and sheets of texts to read. "
                "Selected on generated cases of another seed; the catalogue is never trained on.",
                source="generated",
                case_count=216,
                twin_share=0.8,
                shuffled_share=0.1,
                drills_per_case=6,
                sheets_per_case=2,
                epochs=1,
                lora_rank=32,
                lora_alpha=64,
                lora_dropout=0.0,
                lora_targets=ALL_LINEAR,
                learning_rate=5e-4,
                schedule="cosine",
                warmup_steps=10,
                submit_weight=1.0,
                gist_weight=3.0,
                finding_weight=6.0,
                decision_weight=3.0,
                other_share=1.0,
                traces_per_step=6,
                worksheet=True,
                evaluate_first=False,
                select_by="resolved",
                register_as="best",
                seed=7,
            ),
        )
    }
)

#: Every recipe by its name.
RECIPES: Final[Mapping[str, SftRecipe | GrpoRecipe]] = MappingProxyType({**SFT_RECIPES, **GRPO_RECIPES})

Recipe = Annotated[SftRecipe | GrpoRecipe, Field(discriminator="kind")]
_RECIPE: Final[TypeAdapter[SftRecipe | GrpoRecipe]] = TypeAdapter(Recipe)


def read_recipe(fields: Mapping[str, Any]) -> SftRecipe | GrpoRecipe:
    """A recipe from its fields, as a run's configuration holds them; `kind` says which.

    Raises:
        pydantic.ValidationError: a field is unknown, missing, or has a value that it cannot have.
    """
    return _RECIPE.validate_python(dict(fields))
