"""What is kept encrypted. Nothing that is read on a page, over REST or in an export has a way to here."""

from django.conf import settings
from django.db import models

from exceptions.models import Player


class PlayerSecret(models.Model):
    """The key that a player's endpoint is asked with, sealed for this player and this origin (`evaluation.sealing`)."""

    player = models.OneToOneField(Player, on_delete=models.PROTECT, related_name="secret")
    #: To whom it may be sent: scheme, host and port. A player that moves elsewhere needs its key set anew.
    origin = models.CharField(max_length=300)
    sealed = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"the key of {self.player_id}"


class HubToken(models.Model):
    """The token that a Hugging Face Hub is asked with, sealed for its address (`evaluation.sealing`)."""

    #: Scheme, host and port, such as `https://huggingface.co`.
    endpoint = models.CharField(max_length=300, primary_key=True)
    sealed = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"the token for {self.endpoint}"
