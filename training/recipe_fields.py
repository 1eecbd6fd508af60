"""What all recipes have in common."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Precision = Literal["auto", "float32", "bfloat16", "nf4"]
Schedule = Literal["constant", "linear", "cosine"]

#: Tokens in a forward and backward pass where the recipe does not say: one long transcript at a time keeps a CPU's
#: caches and memory in order, a GPU wants much at once.
CPU_MICRO_BATCH_TOKENS: Final = 1536
GPU_MICRO_BATCH_TOKENS: Final = 16384

ATTENTION: Final = ("q_proj", "k_proj", "v_proj", "o_proj")
ALL_LINEAR: Final = (*ATTENTION, "gate_proj", "up_proj", "down_proj")


class RecipeFields(BaseModel):
    """What all recipes have: names for people, and the adapter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60, description="By which it is launched.")
    title: str = Field(description="As pages call it.")
    words: str = Field(description="What it does, in a sentence or two.")
    published: bool = Field(
        default=False, description="One of the published attempts; its holdout selects and reports."
    )
    seed: int = Field(default=42, ge=0, le=2**31 - 1, description="Fixes everything that is drawn.")

    lora_rank: int = Field(default=16, ge=1, le=256, description="r of the LoRA adapter.")
    lora_alpha: int = Field(default=32, ge=1, le=1024, description="The adapter counts alpha ÷ r times.")
    lora_dropout: float = Field(default=0.05, ge=0, lt=1, description="Share of the adapter's inputs left out.")
    lora_targets: tuple[str, ...] = Field(default=ATTENTION, min_length=1, description="Linear layers that get one.")
    learning_rate: float = Field(default=5e-5, gt=0, le=1, description="Of AdamW, at its highest.")
    clip: float = Field(default=1.0, gt=0, description="Longest gradient (norm); longer ones are shortened to it.")
    precision: Precision = Field(
        default="auto", description="Of the base weights: auto is bfloat16 on CUDA and float32 on a CPU; nf4 is 4 bit."
    )
    gradient_checkpointing: bool = Field(default=False, description="Less memory, a third more time.")
    micro_batch_tokens: int | None = Field(
        default=None, ge=1, description="Tokens in one forward pass; null: what suits the device."
    )
    max_new_tokens: int = Field(default=192, ge=1, le=4096, description="Longest answer in an evaluation, in tokens.")
    worksheet: bool = Field(
        default=False,
        description="Answers are written on a worksheet: what the looks showed is given, only the rest is learned.",
    )
    max_nonfinite: int = Field(
        default=5, ge=0, description="Losses that are not numbers are skipped; more fail the run."
    )
