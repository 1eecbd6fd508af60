"""An adapter on its way to the Hugging Face Hub or from there. The row decides; a message only carries its id."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluation.models import RunStatus
from exceptions.models import Player
from exceptions.models.keys import uuid7


class Direction(models.TextChoices):
    PUSH = "push", "Push"
    PULL = "pull", "Load"


class HubTransfer(models.Model):
    """One push of a model's version, or one load that becomes a model. It takes seconds to minutes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField(max_length=4, choices=Direction.choices)
    repo = models.CharField(max_length=200)
    #: Of a load: branch, tag or commit; empty for the newest.
    revision = models.CharField(max_length=200, blank=True)
    #: Of a push: the repository is made private, and must be.
    private = models.BooleanField(default=True)
    #: What the adapter is for, where its files do not say it so that others understand it.
    base_model = models.CharField(max_length=1000, blank=True)
    #: Of a load: what the new model is called.
    name = models.CharField(max_length=150, blank=True)
    #: Whose adapter is pushed; the model that a load has become.
    player = models.ForeignKey(Player, on_delete=models.PROTECT, null=True, related_name="hub_transfers")
    player_version = models.PositiveIntegerField(null=True)

    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    error = models.TextField(blank=True)
    #: What is on the Hub now, or was loaded from there.
    commit = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction="push", player__isnull=False) | Q(direction="pull"), name="a_push_has_a_player"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running"], ended_at__isnull=True)
                | Q(status__in=["succeeded", "failed"], ended_at__isnull=False),
                name="hub_transfer_end_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="hub_transfer_newest"),
            models.Index(fields=["status"], condition=Q(status__in=["queued", "running"]), name="hub_transfer_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.repo}"

    @property
    def ended(self) -> bool:
        return self.ended_at is not None
