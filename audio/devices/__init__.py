"""Microphones and what the computer plays: the only place that knows sounddevice and soundcard.

Opening gives a bounded queue (`Inbox`) fed by a callback or a thread, in the device's own rate and
channels. Nothing here raises for what devices do: failures are values.
"""

from audio.devices.choosing import DEFAULT, Wish, find
from audio.devices.kinds import Chunk, Device, Failure, Gone, Inbox, Item, Mouth, Opened, Way
from audio.devices.leg import Leg
from audio.devices.player import Player
from audio.devices.reach import listing

__all__ = [
    "DEFAULT",
    "Chunk",
    "Device",
    "Failure",
    "Gone",
    "Inbox",
    "Item",
    "Leg",
    "Mouth",
    "Opened",
    "Player",
    "Way",
    "Wish",
    "find",
    "listing",
]
