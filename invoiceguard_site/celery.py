"""The Celery application of the workers and of beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoiceguard_site.settings")

app = Celery("invoiceguard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
