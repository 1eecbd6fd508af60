"""Cases, their immutable versions, and the answers, which are kept apart from both."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models

from exceptions import environment
from exceptions.models.keys import uuid7


class Case(models.Model):
    """One invoice exception. What it says is in its versions; `reference` is all that a player may know it by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    latest = models.OneToOneField("CaseVersion", on_delete=models.PROTECT, null=True, related_name="+")
    #: For people to resolve. One that models were measured on within a training is not, until somebody imports it.
    queued = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [
            ("import_cases", "Can import case packs"),
            ("upload_documents", "Can upload trade documents"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="case_newest")]

    def __str__(self) -> str:
        return self.reference


class CaseVersion(models.Model):
    """One version of a case, never changed (a trigger refuses it). `content` is the case pack's entry without the
    answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    #: sha256 of the canonical JSON of the content and the answer it was imported with: importing the same thing
    #: twice changes nothing.
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=200, blank=True)
    slice = models.CharField(max_length=20, choices=[(s.value, s.value) for s in environment.Slice])
    difficulty = models.CharField(max_length=20, choices=[(d.value, d.value) for d in environment.Difficulty])
    max_steps = models.PositiveSmallIntegerField()
    # What the queue shows, sorts and searches by: nothing here is sealed to a player.
    invoice_number = models.CharField(max_length=100)
    po_number = models.CharField(max_length=100, blank=True)
    supplier_id = models.CharField(max_length=100)
    supplier_name = models.CharField(max_length=200)
    invoice_date = models.DateField()
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=20, decimal_places=4)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_number_per_case_version"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="case_version_from_1"),
            models.CheckConstraint(condition=models.Q(max_steps__gte=1), name="case_version_has_steps"),
        ]
        indexes = [
            models.Index(fields=["slice"], name="case_version_slice"),
            models.Index(fields=["invoice_date"], name="case_version_date"),
        ]

    def __str__(self) -> str:
        return f"{self.case.reference} v{self.number}"

    @cached_property
    def sealed(self) -> environment.Case:
        """The case as its players get it: without the answer."""
        return environment.Case.model_validate(self.content | self._names() | {"ground_truth": None})

    @cached_property
    def answered(self) -> environment.Case:
        """The case with its answer, for grading; equal to `sealed` when nobody has given the answer yet."""
        answer = self.truth.answer if hasattr(self, "truth") else None
        return environment.Case.model_validate(self.content | self._names() | {"ground_truth": answer})

    def _names(self) -> dict[str, Any]:
        return {"id": self.case.slug, "reference": self.case.reference}


class GroundTruthRecord(models.Model):
    """The answer to a case version. A table of its own, so that a query has to ask for it; written once."""

    case_version = models.OneToOneField(CaseVersion, on_delete=models.PROTECT, primary_key=True, related_name="truth")
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"answer to {self.case_version_id}"
