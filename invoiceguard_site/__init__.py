"""The site: settings, URLs, ASGI and Celery applications, and the local services behind `make run`."""

from invoiceguard_site.celery import app as celery_app

__all__ = ["celery_app"]
