"""What a front end needs to know of a running call, and what a call needs of its keeper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.model import ByHand, CallInfo, CallWarning, Event, FinishedCall
    from assistant.runtime.hands import LegState
    from assistant.runtime.playback import Playback


class Keeper(Protocol):
    """Keeps what a call tells while it runs, against the day when the program is killed."""

    def keep(self, event: Event) -> None:
        """Take an event that is to be kept; it is told to everybody else only after that.

        Never raises for a fault of the disk: the call goes on.
        """

    def passed(self, now_s: float) -> tuple[CallWarning, ...]:
        """Call time is `now_s`, seconds; what the user should know of the keeping.

        Called after whatever was heard, a `Tick` too: about four times a second.
        """


class Session(Protocol):
    """One call being played: what a front end needs to know of it, and what it may ask.

    What it asks for is done by the thread that runs the call, in order, whatever is paused.
    """

    @property
    def info(self) -> CallInfo:
        """What is known before it plays."""

    @property
    def playback(self) -> Playback:
        """Its handles."""

    @property
    def legs(self) -> tuple[LegState, ...]:
        """How each leg is heard just now; empty for a transcript."""

    @property
    def off_record(self) -> bool:
        """True while nothing is heard because the user said so."""

    @property
    def one_microphone(self) -> bool:
        """True when both sides are heard by one microphone, so that the user can say who speaks."""

    @property
    def claimed(self) -> bool:
        """True while what is heard is mine because the user said so."""

    def by_hand(self, event: ByHand) -> None:
        """The user used or declined a prompt, or noted something: told and kept like the rest."""

    def swap_sides(self) -> None:
        """Me is them and they are me, from the next words on; a warning says so."""

    def i_speak(self, *, on: bool) -> None:
        """It is me who speaks, until this utterance ends; or no longer."""

    def go_off_record(self, *, on: bool) -> None:
        """Hear nothing from now on, or go on; warnings say when, and what was left out."""

    def run(self, sink: Callable[[Event], None]) -> FinishedCall | None:
        """Play to the end in the calling thread; None when stopped early.

        Every event goes to `sink`, in order, from the calling thread.

        Raises:
            ThatsRightError: the call could not be processed; nothing was saved.
        """
