"""The WebSocket `/openenv/ws`: plain ASGI, one message after the other, every one answered by a database thread."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections

from exceptions.openenv.callers import is_from_here
from exceptions.openenv.messages import Connection, Left, Message

PATH: Final = "/openenv/ws"
#: Seconds that a connection has until somebody who may play has spoken.
_UNKNOWN_FOR: Final = 30.0
# https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1, and 1013 from its registry.
_NORMAL: Final = 1000
_GOING_AWAY: Final = 1001
_REFUSED: Final = 1008
_TRY_LATER: Final = 1013

#: Fewer than the database's connections (DATABASE_POOL_MAX), so that pages get theirs while trainers play.
_database_threads: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="openenv")
_served: set[int] = set()

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Answer = TypeVar("Answer")


async def openenv_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a WebSocket. Any other address, host or page's origin is refused before the handshake ends (HTTP 403)."""
    await receive()
    session = _session_named(scope)
    if scope["path"] != PATH or session is None or not is_from_here(scope["headers"]):
        await send({"type": "websocket.close", "code": _REFUSED})
        return
    await send({"type": "websocket.accept"})
    try:
        if len(_served) >= settings.OPENENV_SESSIONS:
            too_many = {"message": "This process serves as many connections as it may.", "code": "CAPACITY_REACHED"}
            await _say(send, {"type": "error", "data": too_many})
            await send({"type": "websocket.close", "code": _TRY_LATER})
            return
        _served.add(id(scope))
        headers = dict(scope["headers"])
        connection = Connection(
            authorization=headers.get(b"authorization", b"").decode("latin-1"),
            address=(scope.get("client") or ("", 0))[0],
            session=session,
        )
        await _converse(connection, receive, send)
    except OSError:
        # Gone while it was being answered. What it played stays open for a while: it may come back for it.
        return
    finally:
        _served.discard(id(scope))


async def _converse(connection: Connection, receive: Receive, send: Send) -> None:
    """Answer messages until the client leaves, is sent away, or has said nothing for too long."""
    while True:
        patience = settings.OPENENV_IDLE_SECONDS if connection.is_known else _UNKNOWN_FOR
        try:
            async with asyncio.timeout(patience):
                event = await receive()
        except TimeoutError:
            idle = {"message": f"Nothing was said for {patience:g} seconds.", "code": "SESSION_ERROR"}
            await _say(send, {"type": "error", "data": idle})
            break
        if event["type"] == "websocket.disconnect":
            # Whoever closes it is done. Whoever was cut off may come back with `?session_id=`, until the session is
            # forgotten (idle_sessions.py).
            if event["code"] in (_NORMAL, _GOING_AWAY):
                await _in_database(connection.leave)
            return
        try:
            answer, ends = await _in_database(partial(connection.answer, event.get("text") or ""))
        except Left:
            break
        await _say(send, answer)
        if ends:
            await send({"type": "websocket.close", "code": _REFUSED})
            return
    await _in_database(connection.leave)
    await send({"type": "websocket.close", "code": _NORMAL})


async def _in_database(work: Callable[[], Answer]) -> Answer:
    """Do it in a thread, which hands its database connection back to the pool."""

    def done() -> Answer:
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_database_threads, done)


async def _say(send: Send, message: Message) -> None:
    await send({"type": "websocket.send", "text": json.dumps(message)})


def _session_named(scope: Scope) -> UUID | None:
    """The session that `?session_id=` names, a new one without it, None when it names none."""
    named = parse_qs(scope["query_string"].decode("latin-1")).get("session_id")
    if named is None:
        return uuid4()
    try:
        return UUID(named[0])
    except ValueError:
        return None
