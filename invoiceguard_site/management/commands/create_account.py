"""`manage.py create_account NAME --role ROLE`: an account for a person or a script."""

import getpass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from exceptions.roles import ROLES


class Command(BaseCommand):
    help = "Make an account and give it a role, or give an existing account another role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="user name")
        parser.add_argument("--role", choices=sorted(ROLES), required=True)
        parser.add_argument("--email", default="")

    @transaction.atomic
    def handle(self, *args: Any, name: str, role: str, email: str, **options: Any) -> None:
        user, created = User.objects.get_or_create(username=name, defaults={"email": email})
        if created:
            user.set_password(self._password(user))
            user.save()
        user.groups.set([Group.objects.get(name=role)])
        self.stdout.write(f"{name} {'is made and' if created else 'now'} has the role {role}.")

    def _password(self, user: User) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password again: "):
            raise CommandError("the two passwords differ; nothing was made")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(f"{' '.join(error.messages)} Nothing was made.") from error
        return password
