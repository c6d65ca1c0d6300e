"""What `thatsright doctor` prints: each check as it is made, then what it comes to."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from assistant import doctor
from assistant.probes import DoctorOptions, checks, shows_unicode

if TYPE_CHECKING:
    from assistant.doctor import Check


def show_checks(*, as_json: bool, model: str | None) -> int:
    """Make every check; the exit status: 0 when a call can be made, else 1."""
    unicode = shows_unicode()
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    found: list[Check] = []
    for check in checks(DoctorOptions(model=model)):
        found.append(check)
        text = doctor.line(check, unicode=unicode, columns=columns)
        sys.stdout.write(doctor.to_line(check) if as_json else text)
        sys.stdout.flush()
    if not as_json:
        sys.stdout.write("\n" + doctor.last_line(found))
    return 0 if doctor.can_call(found) else 1
