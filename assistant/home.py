"""`thatsright` without a command: Home, and what was deleted there is deleted when it ends."""

from __future__ import annotations

import sys

from assistant.desk import LocalDesk
from assistant.errors import StoreError
from tui.home import HomeApp


def open_home() -> int:
    """Until the user quits; the exit status.

    Raises:
        StoreError: what was deleted there could not be deleted.
    """
    app = HomeApp(LocalDesk())
    try:
        app.run()
    finally:
        problems = app.empty_bin()
    if problems:
        raise StoreError(" ".join(problems))
    return app.return_code or 0


if __name__ == "__main__":  # as `thatsright serve` starts it, for each page that is open
    sys.exit(open_home())
