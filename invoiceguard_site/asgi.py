"""The ASGI application that uvicorn serves: Django, and the one WebSocket."""

import gc
import os

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoiceguard_site.settings")

django_application = get_asgi_application()

# After Django is set up: it reads models.
from exceptions.openenv.websocket import Receive, Scope, Send, openenv_socket  # noqa: E402

# All pages are loaded now, and what is loaded stays. Left among what may be garbage, it would be gone through again and
# again: 0.1 s and more, in the middle of somebody's request.
get_resolver().url_patterns  # noqa: B018 - reading it loads them
gc.collect()
gc.freeze()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a request, or a WebSocket."""
    if scope["type"] == "websocket":
        await openenv_socket(scope, receive, send)
    else:
        await django_application(scope, receive, send)
