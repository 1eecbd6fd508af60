from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ExceptionsConfig(AppConfig):
    name = "exceptions"
    verbose_name = "What happened: cases, documents, episodes, the review desk"

    def ready(self) -> None:
        from exceptions.roles import sync_roles

        post_migrate.connect(sync_roles, sender=self, dispatch_uid="exceptions.sync_roles")
