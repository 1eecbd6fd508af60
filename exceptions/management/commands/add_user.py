"""`manage.py add_user NAME --role reviewer`: an account with a role; its first password is printed once."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from exceptions.roles import ROLES


class Command(BaseCommand):
    help = "Make an account with one or more roles. Prints its password, which is stored only as a hash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="user name")
        parser.add_argument(
            "--role",
            action="append",
            choices=sorted(ROLES),
            required=True,
            help="may be given more than once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(15)
        try:
            with transaction.atomic():
                user = User.objects.create_user(options["name"], password=password)
                user.groups.set(Group.objects.filter(name__in=options["role"]))
        except IntegrityError as error:
            raise CommandError(f"There is an account {options['name']!r} already; nothing was changed.") from error
        self.stdout.write(f"{user.username}  {password}")
