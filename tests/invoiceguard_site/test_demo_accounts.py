"""Demo accounts: one for each role, made once, never a person's, never outside a local start."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django import Settings

from exceptions.roles import ROLES
from invoiceguard_site.demo_accounts import DEMO_ACCOUNTS, NotADemoAccount, demo_accounts_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def passwords_file(tmp_path: Path) -> Path:
    return tmp_path / "demo-accounts.json"


def test_every_role_has_an_account_and_reviewers_have_a_colleague(passwords_file: Path) -> None:
    demo_accounts_create(passwords_file=passwords_file)

    roles = {user.username: [group.name for group in user.groups.all()] for user in User.objects.all()}
    assert roles == {name: [role] for name, role in DEMO_ACCOUNTS.items()}
    assert set(DEMO_ACCOUNTS.values()) == set(ROLES)
    assert list(DEMO_ACCOUNTS.values()).count("reviewer") == 2


def test_the_passwords_in_the_file_work_and_nobody_else_can_read_it(passwords_file: Path) -> None:
    passwords = demo_accounts_create(passwords_file=passwords_file)

    assert json.loads(passwords_file.read_text()) == passwords
    assert passwords_file.stat().st_mode & 0o777 == 0o600
    for name, password in passwords.items():
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert not user.is_staff
        assert not user.is_superuser


def test_a_second_start_keeps_the_passwords(passwords_file: Path) -> None:
    first = demo_accounts_create(passwords_file=passwords_file)
    hashes = dict(User.objects.values_list("username", "password"))

    assert demo_accounts_create(passwords_file=passwords_file) == first
    assert dict(User.objects.values_list("username", "password")) == hashes


def test_a_lost_file_means_new_passwords_that_work(passwords_file: Path) -> None:
    first = demo_accounts_create(passwords_file=passwords_file)
    passwords_file.unlink()

    second = demo_accounts_create(passwords_file=passwords_file)

    assert set(second.values()).isdisjoint(first.values())
    assert User.objects.get(username="admin").check_password(second["admin"])


def test_a_persons_account_of_that_name_is_left_alone(passwords_file: Path) -> None:
    person = User.objects.create_user("supervisor", email="s@desk.example", password="hers")

    with pytest.raises(NotADemoAccount, match=r"'supervisor' belongs to somebody \(s@desk.example\)"):
        demo_accounts_create(passwords_file=passwords_file)

    person.refresh_from_db()
    assert person.check_password("hers")
    assert User.objects.count() == 1
    assert not passwords_file.exists()


def test_only_a_local_start_has_them(settings: Settings) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="INVOICEGUARD_LOCAL=1"):
        call_command("create_demo_accounts")
    assert User.objects.count() == 0
