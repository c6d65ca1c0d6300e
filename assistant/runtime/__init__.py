"""The only place with threads and queues."""

from assistant.runtime.playback import MAX_SPEED, Playback
from assistant.runtime.session import Apart, CallSession, Keeper, Recognisers, Session

__all__ = ["MAX_SPEED", "Apart", "CallSession", "Keeper", "Playback", "Recognisers", "Session"]
