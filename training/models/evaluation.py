"""Evaluations within a training run: every figure on its page can be followed to the episodes it was computed from."""

from django.db import models
from django.db.models import Q

from evaluation.models import EvaluationRun
from training.models.run import TrainingRun


class EvaluatedSet(models.TextChoices):
    """Which cases a figure is from. What selects is never what tests, except in the published recipes (`holdout`)."""

    HOLDOUT = "holdout", "Holdout"
    SELECT = "select", "Selection"
    TEST = "test", "Test"


class TrainingEvaluation(models.Model):
    """The episodes of one checkpoint on one set, as an evaluation run (which is in no list of evaluations)."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(TrainingRun, on_delete=models.PROTECT, related_name="evaluations")
    #: Or iteration; 0 is before training.
    epoch = models.PositiveIntegerField()
    set_name = models.CharField(max_length=10, choices=EvaluatedSet.choices)
    evaluation = models.OneToOneField(EvaluationRun, on_delete=models.PROTECT, related_name="of_training")

    class Meta:
        ordering = ["epoch", "set_name"]
        constraints = [
            models.UniqueConstraint(fields=["run", "epoch", "set_name"], name="one_training_evaluation_per_epoch"),
            models.CheckConstraint(
                condition=Q(set_name__in=EvaluatedSet.values), name="training_evaluation_on_a_known_set"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_set_name_display()}, epoch {self.epoch}"
