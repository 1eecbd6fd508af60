"""What a worker of queue `gpu` has to train with: how a page can say what a recipe costs, before it is launched."""

from django.db import models


class TrainingMachine(models.Model):
    """Facts of the machine of one worker, as it found them when it came up (`training.machine.Machine`)."""

    worker = models.CharField(max_length=200, primary_key=True)
    facts = models.JSONField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker
