"""The only place with threads and queues."""

from assistant.runtime.ears import Recognisers
from assistant.runtime.hands import LegState
from assistant.runtime.playback import MAX_SPEED, WATCHED_SPEED, Playback
from assistant.runtime.protocols import Keeper, Session
from assistant.runtime.session import Apart, CallSession

__all__ = [
    "MAX_SPEED",
    "WATCHED_SPEED",
    "Apart",
    "CallSession",
    "Keeper",
    "LegState",
    "Playback",
    "Recognisers",
    "Session",
]
