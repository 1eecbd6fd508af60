"""`manage.py check_worker QUEUE`: the health check of a worker's container.

It reads when the worker of this machine was last seen. Celery's own ping would call a solo worker dead while
it plays.
"""

import socket
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from exceptions.models import Worker


class Command(BaseCommand):
    help = "Exit with status 0 when this machine's worker of the queue has been seen lately."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queue", help="cpu or gpu")

    def handle(self, *args: Any, queue: str, **options: Any) -> None:
        lately = timezone.now() - timedelta(seconds=settings.WORKER_LOST_SECONDS)
        here = Worker.objects.filter(queues__contains=[queue], name__endswith=f"@{socket.gethostname()}")
        if not here.filter(last_seen__gte=lately).exists():
            raise CommandError(
                f"no worker of queue {queue} on this machine in the last {settings.WORKER_LOST_SECONDS} s"
            )
