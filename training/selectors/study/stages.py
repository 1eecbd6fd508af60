"""The stages of the study, in the order in which the published attempts were made, and what was published of each."""

from dataclasses import dataclass
from typing import Final

from evaluation.published import PUBLISHED, Published
from training.recipes import RECIPES

#: Shown before any recipe: the base model as it is.
UNTRAINED: Final = "untrained"
#: Not shown as a stage: what runs of a recipe began with, where that was a trained model.
BEFORE: Final = "before "
_BY_PLAYER: Final = {one.player: one for one in PUBLISHED}


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the way. `published` begins with the value that the time line draws; `said` is what has no number.

    `after` is the stage whose adapter it begins with; empty where it begins with the base model.
    """

    name: str
    title: str
    published: tuple[Published, ...] = ()
    said: str = ""
    after: str = ""

    @property
    def is_recipe(self) -> bool:
        return self.name != UNTRAINED

    @property
    def command(self) -> str:
        """What makes a run of it, on the data of `make run`."""
        recipe = self.name if self.is_recipe else "full-trace"
        start = " --start-from SLUG" if self.after else ""
        return f'make manage ARGS="train {recipe}{start}"'


def _stage(name: str, *players: str, said: str = "", after: str = "") -> Stage:
    title = RECIPES[name].title if name in RECIPES else "Untrained"
    return Stage(name, title, tuple(_BY_PLAYER[player] for player in players), said, after)


STAGES: Final = (
    _stage(UNTRAINED, "Qwen3-4B, untrained", "Qwen3-4B untrained (API)"),
    _stage("full-trace", "Qwen3-4B, full-trace SFT"),
    _stage("submit-only", "Qwen3-4B, submit-only SFT"),
    _stage("submit-deep", "Qwen3-4B, submit-deep SFT"),
    _stage("submit-deep-best", "Qwen3-4B, submit-deep-best SFT"),
    _stage("generated", said="Ours: nothing was published of it."),
    _stage("grpo-cold", said="No score was published: all samples of a case earned the same, group_reward_std = 0."),
    _stage(
        "grpo-warm",
        "Qwen3-4B, GRPO, best",
        "Qwen3-4B, GRPO, warm start",
        "Qwen3-4B, GRPO, last",
        "Qwen3-4B, GRPO’s last adapter",
        after="submit-deep-best",
    ),
    _stage("grpo-generated", said="Ours: nothing was published of it.", after="generated"),
)
STAGE_NAMES: Final = tuple(stage.name for stage in STAGES)
