"""A run without a database: trained, tested and told to a folder, which `import_training_run` brings in."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluation.players.adapters import adapter_sha256
from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.rollout import rollout
from training.adapters.packing import pack_adapter
from training.code_version import code_version
from training.files import FileReporter
from training.grpo.recipes import GrpoRecipe
from training.grpo.trainer import train_grpo
from training.holdout import evaluation_metrics
from training.material import cases_that_test, cases_to_play, select_cases, training_traces
from training.recipes import Recipe
from training.reporting import TrainingFailed
from training.sft import Outcome, train_sft
from training.together import hand_out


def train_to_folder(
    recipe: Recipe,
    folder: Path,
    *,
    base_model: str,
    adapter: Path | None = None,
    cache_directory: Path | None = None,
    name: str = "",
    test: bool = False,
    most_test_cases: int | None = None,
    tell: Callable[[str], None] = lambda words: None,
) -> Outcome:
    """Train by the recipe, from where the folder says that an earlier call stopped.

    Args:
        base_model: as `LocalModelPlayer.load` takes it.
        adapter: folder of one to go on from.
        cache_directory: where a converted base model is kept.
        test: play `cases_that_test` in the end, with the adapter in bfloat16 as it is shipped.
        most_test_cases: the first so many of each of these sets; None plays all.
        tell: is given every line of the log, and how far it is.

    Ctrl-C and SIGTERM stop it at the next step, with a checkpoint.

    Raises:
        TrainingFailed: another run stands in the folder, or what `train_sft` and `train_grpo` raise it for.
        PlayerError: the base model or the adapter cannot be loaded.
    """
    about: dict[str, Any] = {
        "recipe": recipe.model_dump(mode="json"),
        "base_model": base_model,
        "code_version": code_version(),
    }
    if name:
        about["name"] = name
    if adapter:
        about["adapter"] = adapter_sha256(adapter)
    reporter = FileReporter(folder, about=about, tell=tell)
    with _stopped_by_signals(reporter):
        try:
            outcome = _train(recipe, reporter, base_model, adapter, cache_directory)
            if outcome.status == "succeeded" and test:
                _test(recipe, reporter, outcome, base_model, cache_directory, most_test_cases)
        except TrainingFailed as error:
            reporter.ended("failed", error=str(error))
            raise
    if reporter.stop_asked:
        return replace(outcome, status="stopped")
    reporter.ended("succeeded")
    return outcome


@contextmanager
def _stopped_by_signals(reporter: FileReporter) -> Iterator[None]:
    def stop(*_: object) -> None:
        reporter.stop_asked = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _train(
    recipe: Recipe, reporter: FileReporter, base_model: str, adapter: Path | None, cache_directory: Path | None
) -> Outcome:
    given: dict[str, Any] = {
        "base_model": base_model,
        "folder": reporter.checkpoints,
        "select": select_cases(recipe),
        "adapter": adapter,
        "cache_directory": cache_directory,
    }
    if isinstance(recipe, GrpoRecipe):
        return train_grpo(recipe, cases=cases_to_play(recipe), reporter=reporter, **given)
    given |= {"recipe": recipe, "traces": training_traces(recipe)}
    hand_out(given)
    return train_sft(**given, reporter=reporter)


def _test(
    recipe: Recipe,
    reporter: FileReporter,
    outcome: Outcome,
    base_model: str,
    cache_directory: Path | None,
    most_cases: int | None,
) -> None:
    wanted = outcome.best if recipe.register_as == "best" and outcome.best else outcome.last
    if wanted is None:
        raise TrainingFailed("There is no checkpoint to test.")
    pack_adapter(wanted.folder, reporter.folder / "adapter")
    player = LocalModelPlayer.load(
        "tested",
        base_model,
        adapter=reporter.folder / "adapter",
        cache_directory=cache_directory,
        sampling=Sampling(max_new_tokens=recipe.max_new_tokens),
        worksheet=recipe.worksheet,
    )
    for name, cases in cases_that_test(recipe).items():
        use = f"test-{name.replace(' ', '-')}"
        if not (reporter.folder / f"episodes-{use}-{wanted.epoch:04d}.ndjson").exists():
            played = rollout(player, cases[:most_cases], should_stop=reporter.should_stop)
            if reporter.stop_asked:
                return
            reporter.evaluated(wanted.epoch, use, played)
            figures = evaluation_metrics([one.play.env for one in played])
            words = ", ".join(f"{metric.removeprefix('eval/')} {value:.3f}" for metric, value in figures.items())
            reporter.log(f"Test on {len(played)} cases ({name}): {words}.")
