"""The program in a real terminal (tmux), with keys as a person would type them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TMUX = shutil.which("tmux")
SAMPLE = Path(__file__).parent.parent / "samples" / "delivery_date.jsonl"
GIVE_UP_S = 60.0

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")


class Terminal:
    """A terminal of a server of its own."""

    def __init__(self, socket: Path, home: Path) -> None:
        self._place = socket
        self._begun = 0
        self._environment = {
            **os.environ,
            "THATSRIGHT_HOME": str(home),
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent.parent),
        }

    def begin(self, *command: str) -> None:
        """80 x 24, and a line with the exit status when the program has ended."""
        self._begun += 1  # a server that was ended may still hold its socket
        words = " ".join(f"'{word}'" for word in command)
        shell = f"'{sys.executable}' -c 'from assistant.cli import main; main()' {words}"
        self._tmux(
            "new-session", "-d", "-x", "80", "-y", "24", f"{shell}; echo ended $?; exec sleep 600"
        )

    def press(self, *keys: str) -> None:
        """By tmux's names of keys."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Letter by letter."""
        self._tmux("send-keys", "-l", text)

    @property
    def screen(self) -> str:
        """What stands on it."""
        return self._tmux("capture-pane", "-p")

    def until(self, there: str | Callable[[str], bool]) -> str:
        """The screen once it has that."""
        end = time.monotonic() + GIVE_UP_S
        while True:
            screen = self.screen
            if there in screen if isinstance(there, str) else there(screen):
                return screen
            assert time.monotonic() < end, f"never came: {there}\n{screen}"
            time.sleep(0.05)

    def end(self) -> None:
        """Whatever runs in it."""
        self._tmux("kill-server", check=False)

    def _tmux(self, *words: str, check: bool = True) -> str:
        assert TMUX is not None
        done = subprocess.run(
            [TMUX, "-S", f"{self._place}{self._begun}", "-f", "/dev/null", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=check,
            timeout=GIVE_UP_S,
        )
        return done.stdout


@pytest.fixture
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("t")  # short: a socket's path may have 100 characters
    made = Terminal(folder / "s", folder / "home")
    yield made
    made.end()


def test_a_replay_is_watched_noted_kept_and_reviewed(terminal: Terminal) -> None:
    terminal.begin("replay", str(SAMPLE))
    terminal.until("Replay 1x")
    terminal.press("Space")
    terminal.until("Paused")
    terminal.press("m")
    terminal.until("Marked.")
    terminal.press("n")
    terminal.until("A note on this moment")
    terminal.type("who decides?")
    terminal.press("Enter")
    terminal.until("who decides?")
    terminal.press("?")
    terminal.until("One look tells")
    terminal.press("Escape")
    terminal.press("Right", "Right", "Right", "Right", "Right", "Right", "Right", "Right")
    terminal.until("1:2")
    terminal.press("+", "+", "+", "+", "+", "Space")
    terminal.until("Saved in the library as 1.")
    terminal.press("q")
    assert "ended 0" in terminal.until("ended")
    terminal.end()

    terminal.begin("review", "last")
    terminal.until("Practise:")
    terminal.press("Right")
    terminal.press("/")
    terminal.until("Find in the transcript")
    terminal.type("who decides")
    terminal.until("1 of 1.")
    assert "✎ who decides?" in terminal.screen
    terminal.press("Escape")
    terminal.until(lambda screen: "1 of 1." not in screen)
    terminal.press("q")
    assert "ended 0" in terminal.until("ended")


def test_leaving_in_the_middle_asks_only_when_notes_would_be_lost(terminal: Terminal) -> None:
    terminal.begin("replay", str(SAMPLE))
    terminal.until("Replay 1x")
    terminal.press("m")
    terminal.until("Marked.")
    terminal.press("q")
    terminal.until("they are lost?")
    terminal.press("Escape")
    terminal.until(lambda screen: "they are lost?" not in screen)
    terminal.press("q")
    terminal.until("they are lost?")
    terminal.press("y")
    assert "ended 0" in terminal.until("ended")


def test_ctrl_c_ends_it_with_its_status(terminal: Terminal) -> None:
    terminal.begin("replay", str(SAMPLE))
    terminal.until("Replay 1x")
    terminal.press("C-c")
    assert "ended 130" in terminal.until("ended")
