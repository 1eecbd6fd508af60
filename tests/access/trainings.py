"""A training run that was stopped, with a checkpoint that can be registered; and a data set."""

import tempfile
from pathlib import Path

from django.contrib.auth.models import User
from django.utils import timezone

from exceptions.models import Player
from tests.training.adapters.adapter_files import write_adapter
from training.adapters.storage import store_adapter
from training.models import CheckpointKind, DatasetKind, TrainingCheckpoint, TrainingDataset, TrainingRun
from training.services.datasets import dataset_make
from training.services.runs import recipe_with, training_run_launch, training_run_stop


def stopped_training(owner: User) -> TrainingRun:
    """One that can be stopped (again), resumed and cloned."""
    base = Player.objects.get(slug="smollm2-135m-instruct")
    run = training_run_launch(recipe=recipe_with("submit-deep-best"), base=base, user=owner)
    return training_run_stop(run_id=run.pk)


def kept_checkpoint(owner: User) -> TrainingCheckpoint:
    """One whose adapter is in the storage."""
    with tempfile.TemporaryDirectory() as folder:
        stored = store_adapter(write_adapter(Path(folder)))
    return TrainingCheckpoint.objects.create(
        run=stopped_training(owner),
        kind=CheckpointKind.EPOCH,
        epoch=1,
        step=5,
        sha256=stored.sha256,
        kept=True,
        size=stored.size,
        best=True,
        last=True,
        created_at=timezone.now(),
    )


def dataset(owner: User) -> TrainingDataset:
    return dataset_make(kind=DatasetKind.CATALOGUE, spec={"trace_lengths": [3]}, user=owner)
