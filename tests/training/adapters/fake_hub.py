"""A Hugging Face Hub on 127.0.0.1: what huggingface_hub asks when it makes a repository, commits files to it by LFS,
and loads them again. It can refuse, break connections off, and alter what it sends.
"""

import base64
import hashlib
import json
import re
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

GOOD_TOKEN = "hf_forThisTestOnly0123456789"
_MODEL = re.compile(
    r"/api/models/(?P<repo>[\w.-]+/[\w.-]+)(?:/(?P<what>preupload|commit|paths-info|revision)/(?P<rev>.+))?"
)
_BATCH = re.compile(r"/(?P<repo>[\w.-]+/[\w.-]+)\.git/info/lfs/objects/batch")
_RESOLVE = re.compile(r"/(?P<repo>[\w.-]+/[\w.-]+)/resolve/(?P<rev>[^/]+)/(?P<path>.+)")


@dataclass
class Repo:
    """Commits by hash, newest last: path → (content, whether it is in LFS). The first is empty."""

    private: bool
    commits: dict[str, dict[str, tuple[bytes, bool]]] = field(default_factory=lambda: {"0" * 40: {}})

    @property
    def newest(self) -> str:
        return list(self.commits)[-1]

    def commit(self, files: dict[str, tuple[bytes, bool]]) -> str:
        self.commits[secrets.token_hex(20)] = self.commits[self.newest] | files
        return self.newest


@dataclass
class FakeHub:
    """The state of the server, and what it is to do wrong."""

    url: str
    repos: dict[str, Repo] = field(default_factory=dict)
    lfs: dict[str, bytes] = field(default_factory=dict)
    #: Every request: method, path, Authorization.
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    #: Answer requests whose path holds the text with this status.
    refuse: dict[str, int] = field(default_factory=dict)
    #: Break off so many answers of requests whose path holds the text, a body after its first half.
    break_off: Counter[str] = field(default_factory=Counter)
    #: Change a byte of the files of this name that are sent.
    alter: str = ""

    def files(self, repo: str) -> dict[str, bytes]:
        """What is in the newest commit."""
        newest = self.repos[repo].commits[self.repos[repo].newest]
        return {path: content for path, (content, _lfs) in newest.items()}

    def put(self, repo: str, files: dict[str, bytes], *, private: bool = False) -> str:
        """As if somebody had pushed these; returns the commit."""
        kept = self.repos.setdefault(repo, Repo(private))
        return kept.commit({path: (content, path.endswith(".safetensors")) for path, content in files.items()})

    def breaks(self, path: str) -> bool:
        for text, left in self.break_off.items():
            if text in path and left > 0:
                self.break_off[text] -= 1
                return True
        return False


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    hub = FakeHub(f"http://127.0.0.1:{server.server_address[1]}")
    server.hub = hub  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> FakeHub:
        return self.server.hub  # type: ignore[attr-defined, no-any-return]

    def log_message(self, *args: Any) -> None:
        """Not on the test's output."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            """The client was faster."""

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 - as http.server calls them

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(self.path.partition("?")[0])
        token = self.headers.get("Authorization") or ""
        self.hub.asked.append((self.command, path, token))
        for text, status in self.hub.refuse.items():
            if text in path:
                return self._error(status, f"refused; you sent {token}")
        if token and token != f"Bearer {GOOD_TOKEN}":
            return self._error(401, "Invalid credentials in Authorization header")
        if self.command in ("POST", "PUT") and self.hub.breaks(path):
            self.close_connection = True
            return None
        if path == "/api/repos/create":
            return self._create(json.loads(body), token)
        if path == "/api/validate-yaml":
            return self._json({"warnings": [], "errors": []})
        if match := _BATCH.fullmatch(path):
            return self._batch(json.loads(body))
        if path.startswith("/lfs/"):
            self.hub.lfs[path.rpartition("/")[2]] = body
            return self._json({})
        if match := _RESOLVE.fullmatch(path):
            return self._file(match, token)
        if match := _MODEL.fullmatch(path):
            return self._model(match, body, token)
        return self._error(404, f"no such address: {path}")

    def _create(self, asked: dict[str, Any], token: str) -> None:
        if not token:
            return self._error(401, "Invalid username or password.")
        name = f"{asked['organization']}/{asked['name']}"
        there = name in self.hub.repos
        self.hub.repos.setdefault(name, Repo(asked.get("visibility") == "private"))
        return self._json({"url": f"{self.hub.url}/{name}"}, status=409 if there else 200)

    def _batch(self, asked: dict[str, Any]) -> None:
        objects = []
        for one in asked["objects"]:
            upload = {"upload": {"href": f"{self.hub.url}/lfs/{one['oid']}"}}
            objects.append(one | ({} if one["oid"] in self.hub.lfs else {"actions": upload}))
        self._json({"transfer": "basic", "objects": objects})

    def _model(self, match: re.Match[str], body: bytes, token: str) -> None:
        repo = self._visible(match["repo"], token)
        if repo is None:
            return None
        if match["what"] == "preupload":
            paths = [one["path"] for one in json.loads(body)["files"]]
            return self._json({"files": [self._preupload(repo, path) for path in paths]})
        if match["what"] == "commit":
            return self._commit(match["repo"], repo, body)
        revision = repo.newest if match["rev"] in (None, "main") else match["rev"]
        if revision not in repo.commits:
            return self._error(404, "Invalid rev id", code="RevisionNotFound")
        if match["what"] == "paths-info":
            paths = parse_qs(body.decode())["paths"]
            return self._json([self._listed(repo, revision, path) for path in paths if path in repo.commits[revision]])
        return self._json({"id": match["repo"], "sha": revision, "private": repo.private, "siblings": [], "tags": []})

    def _preupload(self, repo: Repo, path: str) -> dict[str, Any]:
        mode = "lfs" if path.endswith(".safetensors") else "regular"
        return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": self._oid(repo, path)}

    def _oid(self, repo: Repo, path: str) -> str | None:
        if path not in repo.commits[repo.newest]:
            return None
        content, lfs = repo.commits[repo.newest][path]
        return hashlib.sha256(content).hexdigest() if lfs else _git_hash(content)

    def _listed(self, repo: Repo, revision: str, path: str) -> dict[str, Any]:
        content, lfs = repo.commits[revision][path]
        listed: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": _git_hash(content)}
        if lfs:
            listed["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        return listed

    def _commit(self, name: str, repo: Repo, body: bytes) -> None:
        files = {}
        for line in body.splitlines():
            operation = json.loads(line)
            value = operation["value"]
            if operation["key"] == "file":
                files[value["path"]] = (base64.b64decode(value["content"]), False)
            elif operation["key"] == "lfsFile":
                files[value["path"]] = (self.hub.lfs[value["oid"]], True)
        oid = repo.commit(files)
        self._json({"success": True, "commitOid": oid, "commitUrl": f"{self.hub.url}/{name}/commit/{oid}"})

    def _file(self, match: re.Match[str], token: str) -> None:
        repo = self._visible(match["repo"], token)
        if repo is None:
            return None
        files = repo.commits[match["rev"]]
        if match["path"] not in files:
            return self._error(404, "Entry not found", code="EntryNotFound")
        content = files[match["path"]][0]
        headers = {"X-Repo-Commit": match["rev"], "ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
        start = int(self.headers.get("Range", "bytes=0-")[6:].partition("-")[0])
        if self.hub.alter == match["path"]:
            content = content[:-2] + bytes([content[-2] ^ 1]) + content[-1:]
        return self._send(206 if start else 200, content[start:], headers)

    def _visible(self, name: str, token: str) -> Repo | None:
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and not token):
            # Who says who he is is told what there is; others are asked to say it.
            self._error(404 if token else 401, "Repository not found", code="RepoNotFound")
            return None
        return repo

    def _error(self, status: int, message: str, code: str = "") -> None:
        headers = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self._send(status, json.dumps({"error": message}).encode(), headers | {"Content-Type": "application/json"})

    def _json(self, answer: Any, status: int = 200) -> None:
        self._send(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.command == "GET" and self.hub.breaks(self.path):
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)


def _git_hash(content: bytes) -> str:
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()
