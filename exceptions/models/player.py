"""Players, and the workers that say they are alive."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from exceptions.models.keys import uuid7


class PlayerKind(models.TextChoices):
    HUMAN = "human", "Human"
    SCRIPT = "script", "Script"
    LOCAL_MODEL = "local_model", "Local model"
    API_MODEL = "api_model", "API model"


def queue_of(kind: str) -> str:
    """The Celery queue on which players of this kind play: a local model needs the device, everything else does not."""
    return "gpu" if kind == PlayerKind.LOCAL_MODEL else "cpu"


def kinds_on(queue: str) -> list[PlayerKind]:
    """The kinds of players that workers play on this queue."""
    return [kind for kind in PlayerKind if kind != PlayerKind.HUMAN and queue_of(kind) == queue]


class Player(models.Model):
    """Whoever plays. A changed `config` is a new `version`: episodes keep the number they were played with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=20, choices=PlayerKind.choices)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="player")
    config = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    #: A retired player starts no episode any more; what it played stays, and stays on the pages.
    retired_at = models.DateTimeField(null=True, blank=True)
    #: Stands for the checkpoints of this training run (of an app that this one does not know): in no list of players.
    checkpoints_of = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="human", user__isnull=False)
                | (~models.Q(kind="human") & models.Q(user__isnull=True)),
                name="humans_have_a_user",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def queue(self) -> str:
        """The Celery queue on which this player plays."""
        return queue_of(self.kind)


class PlayerVersion(models.Model):
    """What a player's configuration was in one of its versions, written once (a trigger refuses a change)."""

    id = models.BigAutoField(primary_key=True)
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    config = models.JSONField(default=dict)
    #: Nobody for what comes with the project.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["player", "number"], name="one_player_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.player_id}, version {self.number}"


class Worker(models.Model):
    """A worker process and when it was last seen: how a page knows whether anybody is there to play."""

    name = models.CharField(max_length=200, primary_key=True)
    queues = ArrayField(models.CharField(max_length=40))
    started_at = models.DateTimeField()
    last_seen = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
