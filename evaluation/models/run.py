"""An evaluation run and its entries. The rows decide; a message to a worker only carries the run's id."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models import CaseVersion, Episode, Player
from exceptions.models.keys import uuid7


class RunStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Stopped"


class EvaluationRun(models.Model):
    """Players × cases × samples under one set of conditions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=150)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    #: What was chosen, in the words of the form: `{"slice": "catalogue"}`, or `{"references": [...]}`.
    case_set = models.JSONField(default=dict)
    rewards = models.CharField(max_length=40, default="grounded-1")
    #: Rendering, prompt budget and policy, demonstration, constrained decoding, and the seed of the first sample.
    settings = models.JSONField(default=dict)
    samples = models.PositiveSmallIntegerField(default=1)
    #: Entries, the skipped ones included.
    planned = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    #: Came with the project: played by this code elsewhere, replayed and graded anew here.
    recorded = models.BooleanField(default=False)
    #: The training run of which it measured a checkpoint (of an app that this one does not know): in no list of runs
    #: unless asked for.
    training_run = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: When messages for it were last sent to the broker; lost ones are sent again.
    enqueued_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("evaluate", "Can launch, stop and resume evaluation runs"),
            ("manage_players", "Can register, change and retire players"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(samples__gte=1), name="evaluation_run_has_samples"),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running"], ended_at__isnull=True)
                | Q(status__in=["succeeded", "failed", "cancelled"], ended_at__isnull=False),
                name="evaluation_run_end_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="evaluation_run_newest"),
            models.Index(fields=["status"], condition=Q(status__in=["queued", "running"]), name="evaluation_run_open"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ended(self) -> bool:
        return self.status not in (RunStatus.QUEUED, RunStatus.RUNNING)

    def settings_of_sample(self, sample: int) -> dict[str, Any]:
        """The settings of an episode: the run's, with the seed of this sample."""
        return {**self.settings, "seed": int(self.settings.get("seed", 0)) + sample}


class EvaluationEntry(models.Model):
    """One episode that a run wants. A worker leases it, plays it, and stores the episode with it in one transaction."""

    run = models.ForeignKey(EvaluationRun, on_delete=models.PROTECT, related_name="entries")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="+")
    player_version = models.PositiveIntegerField()
    case_version = models.ForeignKey(CaseVersion, on_delete=models.PROTECT, related_name="+")
    #: From 0.
    sample = models.PositiveSmallIntegerField()
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="entries")
    #: The episode was there before the run: the same player version had played the case with the same settings.
    reused = models.BooleanField(default=False)

    lease_token = models.UUIDField(null=True)
    lease_worker = models.CharField(max_length=200, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Steps that the worker has played of it so far; they are stored when the episode has ended.
    steps_played = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "player", "case_version", "sample"], name="one_evaluation_entry_per_sample"
            )
        ]
        indexes = [
            models.Index(fields=["run", "player"], condition=Q(episode__isnull=True), name="evaluation_entry_open"),
            models.Index(
                fields=["lease_token"], condition=Q(lease_token__isnull=False), name="evaluation_entry_leased"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.player} on {self.case_version}, sample {self.sample}"
