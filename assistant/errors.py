"""Everything that can go wrong for a reason a user can do something about.

Each message says what happened, to what, and what to do next. None contains speech text.
"""

from __future__ import annotations


class ThatsRightError(Exception):
    """Root of the tree; `exit_status` is what the command line ends with."""

    exit_status = 1


class CallFileError(ThatsRightError):
    """A recording that cannot be opened or holds nothing to hear."""


class DeviceError(ThatsRightError):
    """A device that is not there, is meant by a name that fits several, or cannot be listed."""


class TranscriptError(ThatsRightError):
    """A transcript file with a line that does not fit; the message has the line number."""


class ModelError(ThatsRightError):
    """No speech model, a damaged one, or no way to fetch it."""


class StoreError(ThatsRightError):
    """The library cannot be read or written."""


class CallNotFoundError(StoreError):
    """No call with that id in the library."""


class JournalError(ThatsRightError):
    """What a running call leaves on the disk cannot be made, read or removed."""


class ConfigError(ThatsRightError):
    """A setting that cannot be used."""

    exit_status = 2


class ServeError(ThatsRightError):
    """The application cannot be served to a browser."""


class ReportError(ThatsRightError):
    """A report that cannot be made in that format or written to that place."""


class BackupError(ThatsRightError):
    """A backup that cannot be made, is damaged, or may not take the library's place."""


class ProseError(ThatsRightError):
    """A language model that is not there, may not be asked, or gave no summary."""
