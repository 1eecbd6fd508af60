"""A run of reinforcement through the same life cycle as a supervised one."""

import pytest

from evaluation.models import RunStatus
from exceptions.models import Player, Step
from training.models import ModelLineage
from training.running import run_train
from training.services.runs import TrainingRefused, recipe_with, training_run_launch

pytest.importorskip("torch", reason="needs the extra `models`")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("catalogue"),
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]
SHORT = {"iterations": 1, "cases_per_iteration": 1, "group_size": 2, "max_new_tokens": 6, "hotter_tries": 0}


def test_a_run_begins_with_a_model_that_was_trained_and_ends_with_one(tiny: Player) -> None:
    cold = training_run_launch(
        recipe=recipe_with("grpo-cold", SHORT | {"warm_up_cases": 1, "warm_up_epochs": 1}), base=tiny, user=None
    )
    run_train(run_id=cold.pk, worker="here")
    cold.refresh_from_db()
    assert cold.status == RunStatus.SUCCEEDED, cold.error
    assert [one.epoch for one in cold.checkpoints.filter(kind="epoch")] == [0, 1]
    assert [(one.epoch, one.set_name) for one in cold.evaluations.all()] == [(0, "holdout"), (1, "holdout")]
    assert cold.dataset is None
    assert cold.done == cold.total > 0
    names = set(cold.metrics.values_list("name", flat=True))
    assert {"grpo/reward_mean", "grpo/zero_variance_groups", "eval/score"} <= names
    model = ModelLineage.objects.get(run=cold).player

    other = Player.objects.create(slug="o", name="O", kind="local_model", config={"base_model": "Other/Model-1B"})
    with pytest.raises(TrainingRefused, match="is for"):
        training_run_launch(recipe=recipe_with("grpo-warm", SHORT), base=other, start_from=model, user=None)
    warm = training_run_launch(recipe=recipe_with("grpo-warm", SHORT), base=tiny, start_from=model, user=None)
    run_train(run_id=warm.pk, worker="here")
    warm.refresh_from_db()
    assert warm.status == RunStatus.SUCCEEDED, warm.error
    first, last = cold.metrics.get(name="eval/score", step=1), warm.metrics.get(name="eval/score", step=0)
    assert first.value == last.value, "it begins where the other ended"


def test_what_was_taught_on_a_worksheet_goes_on_with_one_and_becomes_a_model_that_has_one(tiny: Player) -> None:
    taught = recipe_with("grpo-cold", SHORT | {"warm_up_cases": 1, "warm_up_epochs": 1, "worksheet": True})
    cold = training_run_launch(recipe=taught, base=tiny, user=None)
    run_train(run_id=cold.pk, worker="here")
    cold.refresh_from_db()
    assert cold.status == RunStatus.SUCCEEDED, cold.error
    steps = Step.objects.filter(episode__entries__run__in=cold.evaluations.values("evaluation"))
    assert steps
    assert all(step.valid for step in steps), "the grammar sees to that"
    model = ModelLineage.objects.get(run=cold).player
    assert model.config["worksheet"] is True

    with pytest.raises(TrainingRefused, match="answers on a worksheet, and without one") as refused:
        training_run_launch(recipe=recipe_with("grpo-warm", SHORT), base=tiny, start_from=model, user=None)
    assert "worksheet" in refused.value.fields
    warm = training_run_launch(
        recipe=recipe_with("grpo-warm", SHORT | {"worksheet": True}), base=tiny, start_from=model, user=None
    )
    assert warm.config["worksheet"] is True
