"""Nothing leaves the machine, nothing is left lying about."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LOOKS = {
    "detector": """
import numpy as np
from audio.vad import SpeechDetector
SpeechDetector().is_speech(np.zeros(480, dtype=np.float32))
""",
    "second look": """
import numpy as np
from audio.vad import second_look
second_look(np.zeros(16_000, dtype=np.float32))
""",
}


@pytest.mark.parametrize("first", ["", "import assistant\n"])
@pytest.mark.parametrize("look", LOOKS)
def test_what_looks_for_speech_reports_to_nobody(tmp_path: Path, first: str, look: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "XDG_"))}
    environment |= {"HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", first + LOOKS[look]], env=environment, check=False, timeout=120
    )
    assert done.returncode == 0
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
