"""The same desk as for the services, and the characters of the API."""

from tests.evaluation.services.conftest import catalogue
from tests.exceptions.api.conftest import admin, calling, make_user, member, outsider

__all__ = ["admin", "calling", "catalogue", "make_user", "member", "outsider"]
