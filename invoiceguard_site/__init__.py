"""The site: settings, URLs, ASGI and Celery applications, and the local services behind `make run`."""
