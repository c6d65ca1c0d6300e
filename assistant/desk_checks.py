"""What a call needs, as `thatsright doctor` looks at it, for a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.doctor import State
from assistant.probes import DoctorOptions, checks
from tui.desk import Check, Sureness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SURE: Final[Mapping[State, Sureness]] = {
    State.OK: Sureness.GOOD,
    State.WARN: Sureness.WARNING,
    State.FAIL: Sureness.BAD,
}


def desk_checks() -> Iterator[Check]:
    """Each as soon as it is known; the last measures this machine for some seconds."""
    for each in checks(DoctorOptions()):
        words = f"{each.found} {each.do}".strip()
        yield Check(each.name, _SURE[each.state], words)
