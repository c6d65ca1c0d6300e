"""Calls the user deleted and may still want back.

Nothing is deleted before the time to change one's mind is over, or the program ends. A program
that is killed before that leaves the call in the library: what is lost is the wish, not the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from assistant.stored import StoredCall

UNDO_S: Final = 10.0
"""How long a call can be had back, seconds."""


class Bin:
    """What was thrown away, in order."""

    def __init__(self) -> None:
        self._waiting: dict[int, StoredCall] = {}
        self._going: set[int] = set()

    @property
    def hidden(self) -> frozenset[int]:
        """Ids that no list shows."""
        return frozenset(self._waiting) | self._going

    @property
    def last(self) -> StoredCall | None:
        """The one that comes back first."""
        return next(reversed(self._waiting.values()), None)

    def put(self, call: StoredCall) -> None:
        """Out of sight, and nothing more yet."""
        self._waiting[call.id] = call

    def take_back(self) -> StoredCall | None:
        """The one thrown away last is in the library again; None when there is none."""
        call = self.last
        if call is not None:
            del self._waiting[call.id]
        return call

    def let_go(self, call_id: int) -> bool:
        """Its time is over: True when it is to be deleted now, False when it was taken back."""
        if self._waiting.pop(call_id, None) is None:
            return False
        self._going.add(call_id)
        return True

    def gone(self, call_id: int) -> None:
        """It was deleted, or could not be: it is shown again if it is still there."""
        self._going.discard(call_id)

    def rest(self) -> tuple[StoredCall, ...]:
        """What is to be deleted because the program ends; it waits no longer."""
        left = tuple(self._waiting.values())
        self._waiting.clear()
        return left
