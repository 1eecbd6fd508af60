"""The same desk as for the services."""

from tests.evaluation.services.conftest import catalogue

__all__ = ["catalogue"]
