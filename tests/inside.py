"""The commands in this process, for tests of what they do and say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest import mock

from command import Ended
from typer.testing import CliRunner

from assistant.commands import app

if TYPE_CHECKING:
    from pathlib import Path


def run_inside(home: Path, *arguments: str | Path) -> Ended:
    """How the command ends for a user whose folders are below `home`."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith("THATSRIGHT_")}
    with mock.patch.dict(os.environ, mine | {"THATSRIGHT_HOME": str(home)}, clear=True):
        result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)
