"""`thatsright serve`: who gets in, and the application in a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("textual_serve", reason="the extra serve is not installed")
import aiohttp

from assistant.errors import ServeError
from assistant.serving import HomeServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a server of its own."""
    code = "from assistant.cli import main; import sys; sys.argv[1:] = ['serve']; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "THATSRIGHT_HOME": str(tmp_path)},
    )
    assert server.stdout is not None
    first = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/[\w-]{32}/$", first)
    assert found, first
    yield found.group()
    server.send_signal(signal.SIGINT)
    try:
        rest, _ = server.communicate(timeout=30)
    finally:
        server.kill()
    assert "Traceback" not in rest
    assert server.returncode in {0, 130}


async def status(url: str, **headers: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        await answer.read()
        return answer.status


async def shaken(url: str, **headers: str) -> int:
    """The status of a WebSocket's handshake."""
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(url, headers=headers):
                return 101
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status


def test_nobody_gets_in_without_the_token_or_from_elsewhere(served: str) -> None:
    root = served.rsplit("/", 2)[0]
    host = root.removeprefix("http://")
    port = host.partition(":")[2]
    socket = served.replace("http", "ws") + "ws"

    async def scenario() -> None:
        assert await status(served) == 200
        assert await status(f"{served}static/js/textual.js") == 200
        assert await status(served, Host=f"localhost:{port}") == 200
        for wrong in ("/", "/static/js/textual.js", "/ws", "/x/", f"/{'A' * 32}/"):
            assert await status(root + wrong) == 403, wrong
        assert await status(served[:-2] + "/") == 403
        for other in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1.x:{port}"):
            assert await status(served, Host=other) == 403, other
        assert await status(served, Origin="http://evil.example") == 403
        assert await shaken(socket.replace("/ws", "x/ws")) == 403
        assert await shaken(socket, Host="evil.example") == 403
        assert await shaken(socket, Origin="http://evil.example") == 403
        assert await shaken(socket, Origin="null") == 403
        assert await shaken(socket, Origin=root) == 101

    asyncio.run(scenario())


def test_it_listens_on_this_machine_alone_and_each_time_with_another_token() -> None:
    first, second = HomeServer(0), HomeServer(0)
    try:
        assert first._socket.getsockname()[0] == "127.0.0.1"
        assert first._token != second._token
        with pytest.raises(ServeError, match="cannot be used"):
            HomeServer(first.port)._socket.close()
    finally:
        first._socket.close()
        second._socket.close()


class Browser:
    """A page of a headless Chromium, by its DevTools protocol."""

    def __init__(self, page: aiohttp.ClientWebSocketResponse) -> None:
        self._page = page
        self._number = 0
        self.asked: list[str] = []
        """Addresses it asked for."""

    async def send(self, method: str, **params: object) -> dict[str, Any]:
        self._number += 1
        await self._page.send_json({"id": self._number, "method": method, "params": params})
        while True:
            told = await self._page.receive_json()
            if told.get("method") == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            if told.get("method") == "Network.webSocketCreated":
                self.asked.append(told["params"]["url"])
            if told.get("id") == self._number:
                assert "error" not in told, told
                return dict(told["result"])

    async def until(self, expression: str) -> None:
        for _ in range(600):
            answer = await self.send("Runtime.evaluate", expression=expression)
            if answer["result"].get("value"):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never true: {expression}")

    async def key(self, key: str, code: int, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            await self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                windowsVirtualKeyCode=code,
                text=text if kind == "keyDown" else "",
            )


@contextlib.asynccontextmanager
async def chromium(folder: Path) -> Any:  # noqa: ANN401 - an async generator
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "--window-size=1000,600",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert process.stderr is not None
    try:
        port = ""
        while not port:
            line = (await process.stderr.readline()).decode()
            assert line, "Chromium did not start"
            port = (re.search(r"127\.0\.0\.1:(\d+)/devtools", line) or ["", ""])[1]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                pages = await answer.json()
            address = next(p["webSocketDebuggerUrl"] for p in pages if p["type"] == "page")
            async with session.ws_connect(address, max_msg_size=0) as page:
                yield Browser(page)
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_in_a_real_browser_keys_reach_the_application(served: str, tmp_path: Path) -> None:
    welcomed = tmp_path / "data" / "welcomed.json"

    async def scenario() -> None:
        async with chromium(tmp_path / "browser") as browser:
            await browser.send("Network.enable")
            await browser.send("Page.enable")
            await browser.send("Page.navigate", url=served)
            await browser.until("document.body?.classList.contains('-first-byte')")
            picture = os.environ.get("THATSRIGHT_PICTURE")
            assert not welcomed.exists()
            for kind in ("mousePressed", "mouseReleased"):
                await browser.send(
                    "Input.dispatchMouseEvent", type=kind, x=500, y=300, button="left", clickCount=1
                )
            for _ in range(200):  # the introduction, as soon as it takes keys
                await browser.key("Escape", 27)
                if welcomed.exists():
                    break
                await asyncio.sleep(0.1)
            assert json.loads(welcomed.read_text()) == {"welcomed": True}
            if picture:
                await asyncio.sleep(1)
                shot = await browser.send("Page.captureScreenshot")
                (tmp_path / "shot.b64").write_text(shot["data"])
                shutil.copy(tmp_path / "shot.b64", picture)
            closed = "document.body.classList.contains('-closed')"
            for _ in range(200):  # as soon as Home takes keys
                await browser.key("q", 81, "q")
                answer = await browser.send("Runtime.evaluate", expression=closed)
                if answer["result"]["value"]:
                    break
                await asyncio.sleep(0.1)
            await browser.until(closed)
            root = served.split("//")[1].split("/", maxsplit=1)[0]
            assert browser.asked
            outside = [a for a in browser.asked if root not in a and not a.startswith("data:")]
            assert outside == []

    asyncio.run(asyncio.wait_for(scenario(), 120))
