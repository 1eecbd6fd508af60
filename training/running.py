"""The worker's side of a training run: take its lease, train, store what comes of it, register the model."""

import fcntl
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from evaluation.leases import leaving, renewed
from evaluation.players.adapters import checked_adapter
from evaluation.players.protocol import PlayerError
from exceptions.environment import Case
from exceptions.services.errors import DeskError, LeaseLost
from training.code_version import code_version
from training.database_reporter import DatabaseReporter, OnProgress, free_connection
from training.grpo.recipes import GrpoRecipe
from training.machine import library_words, machine_here
from training.material import cases_to_play, select_cases
from training.models import TrainingDataset, TrainingRun
from training.recipes import SftRecipe, read_recipe
from training.reporting import TrainingFailed
from training.services.datasets import dataset_of_recipe, dataset_traces
from training.services.leases import run_give_back, run_lease
from training.services.preflight import preflight
from training.services.registering import base_model, model_config, run_cancel, run_fail, run_succeed, start_adapter
from training.services.testing import run_test
from training.together import hand_out

if TYPE_CHECKING:
    from training.sft import Outcome

log = structlog.get_logger(__name__)
#: Seconds for which a database that does not answer is waited for when a run has ended.
_PATIENCE: Final = 600.0
#: Seconds for which another process that still writes into the run's folder is waited for.
_FOLDER_PATIENCE: Final = 60.0

#: Runs that this process trains.
_going: set[DatabaseReporter] = set()


class FolderTaken(DeskError):
    """Another process writes into the run's folder: one that has lost its lease and does not know it yet."""

    status = 409
    title = "The run's folder is in use"


@dataclass(frozen=True, slots=True)
class _End:
    """How the trainer left the run. `failure` is empty for one that was trained to its end or stopped."""

    stopped: bool = False
    failure: str = ""


def run_train(*, run_id: UUID, worker: str, serves_lanes: bool = False, on_progress: OnProgress | None = None) -> bool:
    """Train a queued run, from its last checkpoint where there is one. False: it has ended, or another has it."""
    token = run_lease(run_id=run_id, worker=worker)
    if token is None:
        log.info("nothing to train: the run has ended or another worker has it", run=str(run_id))
        return False
    run = TrainingRun.objects.select_related("base", "start_from", "dataset", "created_by").get(pk=run_id)
    reporter = DatabaseReporter(run, token, worker=worker, serves_lanes=serves_lanes, on_progress=on_progress)
    every = min(settings.TRAINING_HEARTBEAT_SECONDS, settings.TRAINING_LEASE_SECONDS / 4)
    _going.add(reporter)
    if leaving.is_set():
        reporter.leaving.set()
    try:
        with renewed(reporter.tell, every=every, name=str(run_id)):
            try:
                end = _train(run, reporter)
                _patiently(lambda: _settle(run, token, reporter, end), reporter.lost)
                if not end.failure and not end.stopped:
                    _patiently(lambda: run_test(run_id=run.pk), threading.Event())
            except LeaseLost as error:
                log.warning(str(error), run=str(run_id))
    finally:
        _going.discard(reporter)
    return True


def leave_runs() -> None:
    """Let the runs of this process be left at the next step, with a checkpoint, and go on elsewhere."""
    for reporter in list(_going):
        reporter.leaving.set()


def stop_runs() -> None:
    """Let the runs of this process end at the next step, with a checkpoint: somebody who sits before it wants that."""
    for reporter in list(_going):
        reporter.stop_requested.set()


def _train(run: TrainingRun, reporter: DatabaseReporter) -> _End:
    """Train. Whatever stands against it, or is thrown, becomes the reason why the run has failed."""
    folder = settings.TRAINING_DIR / str(run.pk)
    try:
        with _alone_in(folder):
            outcome = _call_trainer(run, reporter, folder)
    except (LeaseLost, DatabaseError):
        raise
    except FolderTaken as error:
        reporter.log(str(error), "warning")
        reporter.leaving.set()
        return _End(stopped=True)
    except (TrainingFailed, PlayerError, DeskError) as error:
        return _failed(reporter, str(error))
    except MemoryError:
        return _failed(reporter, "There was not enough memory. " + _LESS_MEMORY)
    except Exception as error:
        if type(error).__name__ == "OutOfMemoryError":
            return _failed(reporter, f"The device ran out of memory ({error}). {_LESS_MEMORY}")
        log.exception("the trainer crashed", run=str(run.pk))
        return _failed(reporter, f"The trainer crashed: {type(error).__name__}: {error}")
    finally:
        _free_memory()
    return _End(stopped=outcome.status == "stopped")


def _free_memory() -> None:
    """Let go of the model that was trained: what is played next needs the room."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


_LESS_MEMORY: Final = "Clone the run with gradient_checkpointing, fewer micro_batch_tokens or a smaller model."


def _failed(reporter: DatabaseReporter, reason: str) -> _End:
    reporter.log(reason, "error")
    return _End(failure=reason)


class _Given(TypedDict):
    """What both trainers take."""

    base_model: str
    folder: Path
    reporter: DatabaseReporter
    select: list[Case]
    adapter: Path | None
    cache_directory: Path


def _call_trainer(run: TrainingRun, reporter: DatabaseReporter, folder: Path) -> "Outcome":
    recipe = read_recipe(run.config)
    _check(run, recipe)
    start = start_adapter(run)
    given: _Given = {
        "base_model": base_model(run),
        "folder": folder,
        "reporter": reporter,
        "select": select_cases(recipe),
        "adapter": checked_adapter(start) if start else None,
        "cache_directory": settings.MODEL_CACHE_DIR,
    }
    reporter.log(f"{recipe.title} on {given['base_model']}, seed {recipe.seed}, by {machine_here(folder).words}.")
    with reporter.keeping_a_journal(folder, given["select"]):
        return _call(run, recipe, reporter, given)


def _call(run: TrainingRun, recipe: SftRecipe | GrpoRecipe, reporter: DatabaseReporter, given: _Given) -> "Outcome":
    if isinstance(recipe, GrpoRecipe):
        cases = cases_to_play(recipe)
        reporter.log(f"{len(cases)} cases to play; {len(given['select'])} select the best iteration.")
        free_connection()
        from training.grpo.trainer import train_grpo

        return train_grpo(recipe, cases=cases, **given)
    traces = dataset_traces(run.dataset or _make_dataset(run, recipe))
    reporter.log(f"{len(traces)} traces to train on; {len(given['select'])} cases select the best epoch.")
    free_connection()
    hand_out({"recipe": recipe, "traces": traces, **{name: part for name, part in given.items() if name != "reporter"}})
    from training.sft import train_sft

    return train_sft(recipe, traces=traces, **given)


def _check(run: TrainingRun, recipe: SftRecipe | GrpoRecipe) -> None:
    """Ask once more, on the machine that trains, and note what it is.

    Raises:
        TrainingFailed: something stands against the run.
    """
    here = machine_here(settings.TRAINING_DIR)
    found = preflight(recipe, model_config(run.base, run.base_version), start_adapter(run), here)
    if found.refusal:
        raise TrainingFailed(found.refusal)
    TrainingRun.objects.filter(pk=run.pk).update(code_version=code_version(), machine=library_words()[:300])


def _make_dataset(run: TrainingRun, recipe: SftRecipe) -> TrainingDataset:
    dataset = dataset_of_recipe(recipe=recipe, user=run.created_by)
    TrainingRun.objects.filter(pk=run.pk).update(dataset=dataset)
    return dataset


def _settle(run: TrainingRun, token: UUID, reporter: DatabaseReporter, end: _End) -> None:
    """Write what is left to tell, then how it ended.

    Raises:
        LeaseLost: somebody else has the run now.
    """
    if not reporter.tell():
        raise LeaseLost(f"Training run {run.pk} is no longer leased to this worker.")
    if end.failure:
        run_fail(run_id=run.pk, token=token, reason=end.failure)
    elif not end.stopped:
        player = run_succeed(run_id=run.pk, token=token)
        log.info("trained", run=str(run.pk), model=player.slug if player else None)
    elif reporter.stop_requested.is_set():
        run_cancel(run_id=run.pk, token=token)
    else:
        run_give_back(run_id=run.pk, token=token)


def _patiently(write: Callable[[], object], lost: threading.Event) -> None:
    """Write, as soon as the database answers."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        free_connection()
        try:
            write()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > deadline or lost.is_set():
                raise
            log.warning("the database does not answer; the run's end waits", error=str(error))
            time.sleep(1)
        else:
            return


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the run's folder: the lock goes with the process, however that ends.

    Raises:
        FolderTaken: another process has it and does not leave it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR)
    deadline = time.monotonic() + _FOLDER_PATIENCE
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise FolderTaken(f"Another process still writes into {folder}; the run waits for it.") from None
                time.sleep(0.2)
        yield
    finally:
        os.close(descriptor)
