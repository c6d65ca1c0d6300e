"""`thatsright serve`: the application in a browser on this machine, behind a token.

It listens on 127.0.0.1 alone. Every path begins with a random token, made anew at each start;
anything else is refused (403), as is a `Host` or `Origin` that is not this address, so that
neither another user's program nor a page in the browser gets in (DNS rebinding included).
"""

from __future__ import annotations

import asyncio
import hmac
import html
import logging
import secrets
import shlex
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import textual_serve.server
from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from assistant.errors import ServeError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOST: Final = "127.0.0.1"
_ENDS_WITHIN_S: Final = 20.0
"""An application told to quit has so long: it may have calls to delete."""
_TOKEN_BYTES: Final = 24
_NOT_FOR_YOU: Final = "403: this address needs the token that thatsright serve printed.\n"

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>thatsright</title>
<link rel="stylesheet" href="{static}css/xterm.css">
<link rel="icon" href="data:,">
<style>
@font-face {{ font-family: "Roboto Mono";
  src: url("{static}fonts/RobotoMono-VariableFont_wght.ttf"); font-weight: 100 700; }}
html, body {{ margin: 0; height: 100%; background: #14171b; color: #dfe3e8;
  font-family: "Roboto Mono", monospace; overflow: hidden; }}
.textual-terminal {{ width: 100vw; height: 100vh; opacity: 0; }}
body.-first-byte .textual-terminal {{ opacity: 1; }}
.said {{ position: absolute; inset: 0; display: none; align-items: center;
  justify-content: center; flex-direction: column; gap: 1em; background: #14171b; z-index: 20; }}
body:not(.-first-byte) .starting {{ display: flex; }}
body.-closed .ended {{ display: flex; }}
a {{ color: #86b1e4; }}
</style>
<script src="{static}js/textual.js"></script>
</head>
<body>
<div class="said starting">thatsright is starting &hellip;</div>
<div class="said ended"><div>It has ended.</div><a href="">Start again</a></div>
<div id="terminal" class="textual-terminal" data-session-websocket-url="{websocket}"
 data-font-size="{font_size}"></div>
</body>
</html>
"""


class _Page(AppService):
    """Textual-serve's, but its process has ended when it has stopped."""

    async def stop(self) -> None:
        """Tell the application to quit; end it when it does not."""
        await super().stop()
        process = self._process
        if process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), _ENDS_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


textual_serve.server.AppService = _Page  # type: ignore[attr-defined]  # it offers no other way


class HomeServer(Server):
    """One process of the application for each page that is open."""

    def __init__(self, port: int) -> None:
        """Listen; on a free port when it is 0.

        Raises:
            ServeError: the port is taken.
        """
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
            self._socket.listen()
        except OSError as error:
            self._socket.close()
            raise ServeError(
                f"Port {port} cannot be used ({error.strerror}). Give another with --port, or "
                "leave it out."
            ) from error
        port = self._socket.getsockname()[1]
        self._token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost")}
        super().__init__(
            _command(),
            host=HOST,
            port=port,
            title="thatsright",
            public_url=f"http://{HOST}:{port}",
        )
        self.url = f"{self.public_url}/{self._token}/"
        """What is to be opened."""

    def run(self) -> None:
        """Until Ctrl-C or SIGTERM; pages that are open end with it."""
        logging.getLogger("textual-serve").addHandler(logging.NullHandler())
        logging.getLogger("textual-serve").propagate = False
        web.run_app(self._make_app(), sock=self._socket, print=None, access_log=None)

    async def _make_app(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        place = f"/{self._token}"
        application.add_routes(
            [
                web.get(f"{place}/", self.handle_index, name="index"),
                web.get(f"{place}/ws", self.handle_websocket, name="websocket"),
                web.get(f"{place}/download/{{key}}", self.handle_download, name="download"),
                web.static(f"{place}/static", self.statics_path, name="static"),
            ]
        )
        return application

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not self._may_enter(request):
            raise web.HTTPForbidden(text=_NOT_FOR_YOU)
        response = await handler(request)
        if not response.prepared:
            response.headers.update(self._headers())
        return response

    def _may_enter(self, request: web.Request) -> bool:
        given = request.path.split("/")[1] if request.path.startswith("/") else ""
        right = hmac.compare_digest(given.encode(), self._token.encode())
        origin = request.headers.get("Origin")
        at_home = request.headers.get("Host", "").lower() in self._hosts
        from_here = origin is None or origin.lower().removeprefix("http://") in self._hosts
        return right and at_home and from_here

    def _headers(self) -> dict[str, str]:
        sources = " ".join(sorted(f"ws://{host}" for host in self._hosts))
        return {
            "Content-Security-Policy": (
                "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                f"script-src 'self'; connect-src 'self' {sources}; frame-ancestors 'none'; "
                "base-uri 'none'; form-action 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page; nothing in it comes from anywhere else."""
        host = request.headers["Host"]
        size = request.query.get("fontsize", "")
        page = _PAGE.format(
            static=f"/{self._token}/static/",
            websocket=html.escape(f"ws://{host}/{self._token}/ws"),
            font_size=int(size) if size.isdecimal() and len(size) <= 2 else 16,  # noqa: PLR2004
        )
        return web.Response(text=page, content_type="text/html")


def serve(port: int) -> int:
    """Serve until ended; the exit status.

    Raises:
        ServeError: the port is taken.
    """
    server = HomeServer(port)
    sys.stdout.write(
        f"Open in a browser on this machine: {server.url}\n"
        "Whoever has this address can use the application. Ctrl-C ends it.\n"
    )
    sys.stdout.flush()
    server.run()
    return 0


def _command() -> str:
    words = [sys.executable, "-m", "assistant.home"]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
