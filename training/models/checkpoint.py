"""Checkpoints of a run, and the models that were registered from them."""

from django.db import models
from django.db.models import Q

from exceptions.models import Player
from exceptions.models.keys import uuid7
from training.models.dataset import TrainingDataset
from training.models.run import TrainingRun


class CheckpointKind(models.TextChoices):
    EPOCH = "epoch", "End of an epoch"
    ROLLING = "rolling", "On the way"


class TrainingCheckpoint(models.Model):
    """One that was written whole. Of those on the way only the newest has a row: it is where a run would go on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(TrainingRun, on_delete=models.PROTECT, related_name="checkpoints")
    kind = models.CharField(max_length=10, choices=CheckpointKind.choices)
    #: Finished epochs (iterations in reinforcement), and optimizer steps.
    epoch = models.PositiveIntegerField()
    step = models.PositiveIntegerField()
    #: Figures of the evaluation that it had, by the names of metrics.
    scores = models.JSONField(default=dict)
    #: Of the adapter (`evaluation.players.adapters.adapter_sha256`).
    sha256 = models.CharField(max_length=64)
    #: The adapter is in the storage `adapters`, by its sha256; others are on the worker's disk only, or were elsewhere.
    kept = models.BooleanField(default=False)
    #: Of the adapter's files.
    size = models.BigIntegerField(default=0)
    best = models.BooleanField(default=False)
    last = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["step", "epoch"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "epoch"], condition=Q(kind="epoch"), name="one_training_checkpoint_per_epoch"
            ),
            models.UniqueConstraint(
                fields=["run"], condition=Q(kind="rolling"), name="one_training_checkpoint_on_the_way"
            ),
            models.UniqueConstraint(fields=["run"], condition=Q(best=True), name="one_best_training_checkpoint"),
            models.UniqueConstraint(fields=["run"], condition=Q(last=True), name="one_last_training_checkpoint"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="training_checkpoint_has_a_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.epoch}, step {self.step}"


class ModelLineage(models.Model):
    """Where one version of a model player is from."""

    id = models.BigAutoField(primary_key=True)
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="lineage")
    player_version = models.PositiveIntegerField()
    run = models.ForeignKey(TrainingRun, on_delete=models.PROTECT, related_name="lineage")
    checkpoint = models.ForeignKey(TrainingCheckpoint, on_delete=models.PROTECT, related_name="lineage")
    #: Null in reinforcement, which has no traces.
    dataset = models.ForeignKey(TrainingDataset, on_delete=models.PROTECT, null=True, related_name="lineage")
    code_version = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["player", "player_version"], name="one_lineage_per_player_version"),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} v{self.player_version} from {self.run_id}"
