"""What a trainer says while it trains: figures by step, and lines of a log."""

from django.db import models
from django.db.models import Q

from training.models.run import TrainingRun


class TrainingMetric(models.Model):
    """One value of one figure. Names are those of `training.metric_names`; for evaluations the step is the epoch."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(TrainingRun, on_delete=models.PROTECT, related_name="metrics")
    name = models.CharField(max_length=60)
    step = models.PositiveIntegerField()
    #: Null when what was measured is no number (NaN or infinite).
    value = models.FloatField(null=True)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Also the index that curves are read by.
            models.UniqueConstraint(fields=["run", "name", "step"], name="one_training_metric_per_step"),
            models.CheckConstraint(
                # In PostgreSQL NaN is greater than infinity.
                condition=Q(value__isnull=True) | Q(value__gt=float("-inf"), value__lt=float("inf")),
                name="training_metric_is_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.step}: {self.value}"


class LogLevel(models.TextChoices):
    INFO = "info", "Information"
    WARNING = "warning", "Warning"
    ERROR = "error", "Error"


class TrainingLogLine(models.Model):
    """One line. `sequence` runs 1, 2, 3 … within a run: whoever follows asks for what came after the last one."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(TrainingRun, on_delete=models.PROTECT, related_name="log_lines")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    level = models.CharField(max_length=10, choices=LogLevel.choices, default=LogLevel.INFO)
    text = models.TextField()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["run", "sequence"], name="one_training_log_line_per_number"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="training_log_from_1"),
        ]

    def __str__(self) -> str:
        return self.text
