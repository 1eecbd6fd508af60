"""A training run. The row decides; a message to a worker only carries its id."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluation.models import RunStatus
from exceptions.models import Player
from exceptions.models.keys import uuid7
from training.models.dataset import TrainingDataset

_OPEN = [RunStatus.QUEUED.value, RunStatus.RUNNING.value]
_ENDED = [RunStatus.SUCCEEDED.value, RunStatus.FAILED.value, RunStatus.CANCELLED.value]


class RecipeKind(models.TextChoices):
    """The trainer that a recipe is for."""

    SFT = "sft", "Supervised fine-tuning"
    GRPO = "grpo", "Reinforcement (GRPO)"


class TrainingRun(models.Model):
    """One base model, one recipe, one seed; what comes of it is in the rows that point here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=RecipeKind.choices)
    #: Name of the recipe; `config` is the whole of it, with what was changed for this run.
    recipe = models.CharField(max_length=60)
    config = models.JSONField()
    seed = models.BigIntegerField()
    #: Whose base weights are trained.
    base = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="+")
    base_version = models.PositiveIntegerField(default=1)
    #: Whose adapter the run begins with; null for a new one.
    start_from = models.ForeignKey(Player, on_delete=models.PROTECT, null=True, related_name="+")
    start_from_version = models.PositiveIntegerField(null=True)
    #: SHA-256 of that adapter, of a recorded run whose model is not here.
    start_adapter = models.CharField(max_length=64, blank=True)
    #: What it is trained on. Made when a worker begins, unless one was chosen; null in reinforcement.
    dataset = models.ForeignKey(TrainingDataset, on_delete=models.PROTECT, null=True, related_name="runs")
    #: The data set was chosen, not made from the recipe.
    dataset_chosen = models.BooleanField(default=False)
    #: Stands for the run's checkpoints in the episodes of its evaluations, one version each (number: epoch + 1).
    #: Retired from the start, and in no list; what is registered at the end is a player of its own (`lineage`).
    checkpoint_player = models.OneToOneField(Player, on_delete=models.PROTECT, null=True, related_name="+")
    cloned_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="clones")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    #: Came with the project or from another machine: trained by this code there, its episodes replayed and graded here.
    recorded = models.BooleanField(default=False)
    #: Commit or version of the code that trained, and on what, in words.
    code_version = models.CharField(max_length=60, blank=True)
    machine = models.CharField(max_length=300, blank=True)

    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    #: Why it failed, or why it was stopped by itself.
    error = models.TextField(blank=True)
    #: Somebody wants it to end. The worker stops within one optimizer step, keeps a checkpoint and ends the run.
    stop_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: When a message for it was last sent to the broker; a lost one is sent again.
    enqueued_at = models.DateTimeField(null=True)

    lease_token = models.UUIDField(null=True)
    lease_worker = models.CharField(max_length=200, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    #: How often a worker has begun with it since somebody launched or resumed it.
    attempts = models.PositiveSmallIntegerField(default=0)

    #: What it is doing, in a few words, such as “Epoch 2 of 3”; empty before the first.
    phase = models.CharField(max_length=100, blank=True)
    #: Optimizer steps (iterations' worth of them in reinforcement).
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    tokens_per_second = models.FloatField(null=True)
    #: The most that was in use at once.
    memory_bytes = models.BigIntegerField(null=True)
    progress_at = models.DateTimeField(null=True)
    #: When the present attempt began, and with how many steps done: what its speed is told from.
    attempt_started_at = models.DateTimeField(null=True)
    attempt_started_done = models.PositiveIntegerField(default=0)
    #: Time with a worker, over all attempts.
    worked_seconds = models.FloatField(default=0.0)

    class Meta:
        permissions = [("train", "Can launch, stop and resume training runs, and make data sets")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=_OPEN, ended_at__isnull=True) | Q(status__in=_ENDED, ended_at__isnull=False),
                name="training_run_end_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True)
                | Q(lease_token__isnull=False, lease_expires_at__isnull=False, status="running"),
                name="training_run_leased_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error=""), name="training_run_failed_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(start_from__isnull=True, start_from_version__isnull=True)
                | Q(start_from__isnull=False, start_from_version__isnull=False),
                name="training_run_starts_from_a_version",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="training_run_newest"),
            models.Index(fields=["status"], condition=Q(status__in=_OPEN), name="training_run_open"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ended(self) -> bool:
        return self.status not in (RunStatus.QUEUED, RunStatus.RUNNING)

    @property
    def stopping(self) -> bool:
        """Asked to stop, and the worker has not yet done so."""
        return self.stop_requested and not self.ended

    @property
    def published(self) -> bool:
        """By a recipe of the published attempts: its holdout both selects and reports."""
        config: dict[str, Any] = self.config
        return bool(config.get("published", False))
