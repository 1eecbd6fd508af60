"""The trainer, whole: it learns, keeps the best, stops when told, and says what it does."""

from pathlib import Path

import pytest

from tests.training.grpo.recording import Recorder
from tests.training.grpo.toy_run import TOY, toy_run
from training.grpo.recipes import GrpoRecipe

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


def changed(**fields: object) -> GrpoRecipe:
    return GrpoRecipe.model_validate(TOY.model_dump() | fields)


@pytest.fixture(scope="module")
def learned(speaking_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorder, Path]:
    """A run that had time enough."""
    recorder, folder = Recorder(), tmp_path_factory.mktemp("learned")
    outcome = toy_run(speaking_folder, folder, recorder, changed(iterations=6))
    assert outcome.status == "succeeded"
    return recorder, folder


def test_it_learns_to_submit_where_only_a_submit_is_rewarded(learned: tuple[Recorder, Path]) -> None:
    recorder, _folder = learned

    rewards = recorder.of("grpo/reward_mean")

    assert recorder.of("eval/steps_mean")[0] == 2, "it looked twice and ran out of steps"
    assert recorder.of("eval/steps_mean")[-1] == 1, "it submits at once"
    assert rewards[-1] > rewards[0] + 0.05
