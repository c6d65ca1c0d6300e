"""The only place with threads and queues."""

from assistant.runtime.playback import MAX_SPEED, Playback
from assistant.runtime.session import CallSession, Keeper, Recognisers, Session

__all__ = ["MAX_SPEED", "CallSession", "Keeper", "Playback", "Recognisers", "Session"]
