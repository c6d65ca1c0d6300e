"""What workers tell the screens around the calls. Texts are made safe where they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from assistant.model import Consent
    from tui.desk import Check, CutOff, Find, Level, Preview, Ready, Setting, Shelf, Undecided


class Failed(Message):
    """What was asked for did not work out."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__()


class Found(Message):
    """Calls that were looked for."""

    def __init__(self, find: Find, shelf: Shelf) -> None:
        self.find = find
        self.shelf = shelf
        super().__init__()


class LeftOver(Message):
    """Calls that were cut off."""

    def __init__(self, calls: tuple[CutOff, ...]) -> None:
        self.calls = calls
        super().__init__()


class Done(Message):
    """Something was changed; look again."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        """What was done, for the user."""
        super().__init__()


class Looked(Message):
    """A file was looked into."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__()


class Agreed(Message):
    """What is known of consent before a call; None when nobody was asked yet."""

    def __init__(self, consent: Consent | None) -> None:
        self.consent = consent
        super().__init__()


class ToPlay(Message):
    """A call is ready to be started."""

    def __init__(self, ready: Ready) -> None:
        self.ready = ready
        super().__init__()


class ToAsk(Message):
    """A call is ready but for which of its two voices is mine."""

    def __init__(self, undecided: Undecided) -> None:
        self.undecided = undecided
        super().__init__()


class Listened(Message):
    """So much of a call was listened to before it can be played."""

    def __init__(self, at_s: float) -> None:
        self.at_s = at_s
        super().__init__()


class SettingsRead(Message):
    """The settings as they are."""

    def __init__(self, settings: tuple[Setting, ...], written: str = "") -> None:
        self.settings = settings
        self.written = written
        """Key of the one that was just written; empty when none was."""
        super().__init__()


class Refused(Message):
    """A setting was not written: its value does not fit."""

    def __init__(self, key: str, sentence: str) -> None:
        self.key = key
        self.sentence = sentence
        super().__init__()


class Heard(Message):
    """How loud the devices are."""

    def __init__(self, levels: tuple[Level, ...]) -> None:
        self.levels = levels
        super().__init__()


class Checked(Message):
    """One thing was looked at."""

    def __init__(self, check: Check) -> None:
        self.check = check
        super().__init__()


class AllChecked(Message):
    """There is nothing more to look at."""
