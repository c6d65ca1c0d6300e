"""A real HTTP server on loopback that answers as a language model does; shared by tests."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: Any
    """The JSON of it; None without one."""


@dataclass
class ModelServer:
    """How it answers, and what it was asked."""

    status: int = 200
    content: object = "They felt understood on the delivery date."
    raw: bytes | None = None
    """The whole body, in place of an answer with `content`."""
    models: tuple[str, ...] = ("small",)
    location: str = ""
    """Where a redirect leads."""
    silent: threading.Event | None = None
    """It does not answer until this is set."""
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def answer(self, method: str, path: str) -> tuple[int, bytes]:
        if self.silent is not None and method == "POST":
            self.silent.wait(60)
        if path == "/v1/models":
            data = [{"id": name, "object": "model"} for name in self.models]
            return 200, json.dumps({"object": "list", "data": data}).encode()
        if self.raw is not None:
            return self.status, self.raw
        message = {"role": "assistant", "content": self.content}
        body = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        return self.status, json.dumps(body).encode()


@contextmanager
def serving(server: ModelServer) -> Iterator[ModelServer]:
    """The server running, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            server.asked.append(Asked(method, self.path, body))
            status, answer = server.answer(method, self.path)
            try:
                self.send_response(status)
                if server.location:
                    self.send_header("Location", server.location)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        if server.silent is not None:
            server.silent.set()
        http.shutdown()
        http.server_close()
        thread.join(10)
