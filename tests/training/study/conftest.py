"""The people of the pages of training look at the study, too."""

from tests.training.views.conftest import as_role, base

__all__ = ["as_role", "base"]
