"""The ASGI application that uvicorn serves: Django, and the one WebSocket."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoiceguard_site.settings")

django_application = get_asgi_application()

# After Django is set up: it reads models.
from exceptions.openenv.websocket import Receive, Scope, Send, openenv_socket  # noqa: E402


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a request, or a WebSocket."""
    if scope["type"] == "websocket":
        await openenv_socket(scope, receive, send)
    else:
        await django_application(scope, receive, send)
