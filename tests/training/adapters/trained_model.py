"""A model as a training leaves it: data set, run, checkpoint, adapter."""

import tempfile
from pathlib import Path

from exceptions.models import Player
from tests.training.adapters.adapter_files import write_adapter
from tests.training.views.made_runs import ended_run
from training.adapters.storage import store_adapter
from training.models import TrainingCheckpoint, TrainingRun
from training.recipes import SFT_RECIPES
from training.services.datasets import dataset_of_recipe
from training.services.registering import checkpoint_register


def trained_model(recipe: str = "submit-deep-best") -> tuple[Player, TrainingRun]:
    """Registered from the best checkpoint of a run that has ended."""
    run = ended_run(recipe)
    run.dataset = dataset_of_recipe(recipe=SFT_RECIPES[recipe], user=None)
    run.save()
    with tempfile.TemporaryDirectory() as folder:
        stored = store_adapter(write_adapter(Path(folder)))
    best = TrainingCheckpoint.objects.get(run=run, best=True)
    TrainingCheckpoint.objects.filter(pk=best.pk).update(sha256=stored.sha256, kept=True, size=stored.size)
    best.refresh_from_db()
    return checkpoint_register(checkpoint=best, user=None), run
