from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "How a player gets better"

    def ready(self) -> None:
        from exceptions.roles import sync_roles

        # Once more: the permissions of this app's models exist only after its own migrations.
        post_migrate.connect(sync_roles, sender=self, dispatch_uid="training.sync_roles")
