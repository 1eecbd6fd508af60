"""A small HTTP server that stands for somebody else's endpoint and fails in the ways that endpoints fail."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOK = '{"action_type": "inspect_purchase_order"}'

Behaviour = Callable[[BaseHTTPRequestHandler], None]


def completion(
    text: str | None = LOOK, *, finish: str = "stop", usage: dict[str, Any] | None = None, **message: Any
) -> dict[str, Any]:
    """A chat completion as OpenAI documents it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "some-model",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text} | message},
        ],
        "usage": {"prompt_tokens": 120, "completion_tokens": 14, "total_tokens": 134} if usage is None else usage,
    }


def says(document: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Behaviour:
    """Answer with this JSON."""
    return sends(json.dumps(document).encode(), status=status, headers=headers)


def sends(
    body: bytes, *, status: int = 200, headers: dict[str, str] | None = None, announced: int | None = None
) -> Behaviour:
    """Answer with these bytes; `announced` is the Content-Length when it is to lie."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body) if announced is None else announced))
        request.end_headers()
        request.wfile.write(body)
        request.wfile.flush()
        if announced is not None:
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)

    return behave


def waits(seconds: float, then: Behaviour) -> Behaviour:
    """Take so long to answer."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        _sleep(request, seconds)
        then(request)

    return behave


def hangs(seconds: float = 30.0) -> Behaviour:
    """Say nothing at all."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        _sleep(request, seconds)
        request.close_connection = True

    return behave


def drips(seconds: float = 30.0) -> Behaviour:
    """Send one space after the other: never silent for long, and never done."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        for _ in range(int(seconds / 0.05)):
            try:
                request.wfile.write(b" ")
                request.wfile.flush()
            except OSError:
                return
            _sleep(request, 0.05)

    return behave


def hangs_up(request: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)


def _sleep(request: BaseHTTPRequestHandler, seconds: float) -> None:
    server: Any = request.server
    server.ending.wait(seconds)


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float


@dataclass
class FaultyEndpoint:
    """The server: `behaviours` in the order of the requests, the last of them for all that follow."""

    url: str
    behaviours: Sequence[Behaviour]
    requests: list[Request] = field(default_factory=list)
    #: The most requests that were in flight at once.
    most_at_once: int = 0


@contextmanager
def faulty_endpoint(*behaviours: Behaviour) -> Iterator[FaultyEndpoint]:
    """Serve on loopback while the block runs."""
    lock = threading.Lock()
    in_flight = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            nonlocal in_flight
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                in_flight += 1
                endpoint.most_at_once = max(endpoint.most_at_once, in_flight)
                request = Request(self.path, dict(self.headers), json.loads(content), time.monotonic())
                endpoint.requests.append(request)
                behave = endpoint.behaviours[min(len(endpoint.requests), len(endpoint.behaviours)) - 1]
            try:
                behave(self)
            finally:
                with lock:
                    in_flight -= 1

        def log_message(self, *words: Any) -> None:
            """The test looks at `requests`."""

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.ending = threading.Event()
    server.daemon_threads = True
    endpoint = FaultyEndpoint(f"http://127.0.0.1:{server.server_address[1]}/v1", behaviours)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
