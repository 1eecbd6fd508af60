"""`manage.py prepare_local`: everything a local start needs before the site can answer, in one process."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from invoiceguard_site.static_files import static_files_collect


class Command(BaseCommand):
    help = "Prepare the site, make the demo accounts, collect static files that have changed."
    # What is wrong with the site shows when it starts; checking it here would load it twice.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("prepare_site", stdout=self.stdout)
        call_command("create_demo_accounts", stdout=self.stdout)
        if static_files_collect(target=settings.STATIC_ROOT):
            self.stdout.write("Static files are collected.")
