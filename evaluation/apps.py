from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "Who played and how well"

    def ready(self) -> None:
        from exceptions.roles import sync_roles

        # Once more: the permissions of this app's models exist only after its own migrations.
        post_migrate.connect(sync_roles, sender=self, dispatch_uid="evaluation.sync_roles")
