"""Data sets: what was trained on, stored with a name and a hash, and never changed (a trigger refuses it)."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from exceptions.models.keys import uuid7


def dataset_storage() -> Storage:
    """Where data sets are: the storage `datasets` of the settings, a folder or a bucket."""
    return storages["datasets"]


class DatasetKind(models.TextChoices):
    CATALOGUE = "catalogue", "Catalogue, expert traces"
    GENERATED = "generated", "Generated cases, expert traces"
    HUMAN = "human", "Resolutions by people"


class TrainingDataset(models.Model):
    """Traces in a file: gzipped NDJSON, one line for each (`training.traces`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=DatasetKind.choices)
    #: What it was made from, enough to make it again.
    spec = models.JSONField(default=dict)
    #: Of the lines, before they were compressed: the same traces are the same data set.
    sha256 = models.CharField(max_length=64, unique=True)
    traces = models.PositiveIntegerField()
    cases = models.PositiveIntegerField()
    file = models.FileField(storage=dataset_storage, max_length=500)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(traces__gte=1, cases__gte=1), name="training_dataset_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="training_dataset_has_a_hash"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="training_dataset_newest")]

    def __str__(self) -> str:
        return self.name
