"""The site as a Django app: its commands, and the Celery application that tasks are bound to."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "invoiceguard_site"
    verbose_name = "The site"

    def ready(self) -> None:
        # Not in the package's __init__: the supervisor of `make run` imports the package and needs no Celery.
        import invoiceguard_site.celery  # noqa: F401
