"""Eight cases, and who looks at them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exceptions.models import CaseVersion
from tests.evaluation.comparison.played import catalogue, person


@pytest.fixture
def cases(db: None) -> list[CaseVersion]:
    return catalogue()


@pytest.fixture
def admin(db: None) -> User:
    """Sees every answer."""
    return person("ada", "admin")


@pytest.fixture
def reviewer(db: None) -> User:
    """Sees the answers of cases that they have finished."""
    return person("rosa")


@pytest.fixture
def read() -> Callable[..., str]:
    """A page as somebody gets it."""

    def get(user: User, address: str, status: int = 200) -> str:
        client = Client()
        client.force_login(user)
        response = client.get(address)
        assert response.status_code == status
        return str(response.content.decode())

    return get
