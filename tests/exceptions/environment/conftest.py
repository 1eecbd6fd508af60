"""Hypothesis without deadlines: the machine is shared, and speed has its own test."""

from hypothesis import settings

settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
