"""The part of the review that takes what the user does: finding, notes, quotes to hear, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from assistant.calltime import clock
from assistant.errors import ThatsRightError
from assistant.model import Note
from assistant.safetext import clean
from tui.messages import Told
from tui.reviewing import AROUND_S, BEFORE_S, beside, entries_with, entry_at
from tui.screens.call_why import Explaining
from tui.widgets.reading import ReadingPane

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from tui.desk import Sound
    from tui.reviewing import Reviewed, Reviews


class ReviewHands(Explaining):
    """Works on the moment that is looked at."""

    _reviews: Reviews
    _call_id: int
    _call: Reviewed | None = None
    _sound: Sound | None = None
    _found: tuple[int, ...] = ()
    _at_found = 0
    here_s = 0.0
    """The moment looked at, call time in seconds."""

    def action_page(self, page: str) -> None:
        """The summary or the transcript, where only one has room."""
        self.set_class(page == "transcript", "-transcript")
        if self._call is not None:
            self.call_after_refresh(self.query_one(ReadingPane).fit)
        self.refresh_bindings()

    @property
    def writing(self) -> bool:
        """True while a line one writes on has the keys."""
        return self.has_class("-noting") or self.has_class("-finding")

    def _do(self, job: Callable[[], Message]) -> None:
        def run() -> None:
            try:
                self.post_message(job())
            except ThatsRightError as error:
                self.post_message(Told(f"! {error}", wrong=True))

        self.run_worker(run, thread=True, group="review")

    def say(self, sentence: str, *, wrong: bool = False) -> None:
        """One sentence below everything, until the next."""
        line = self.query_one("#said", Static)
        line.update(Content(clean(sentence)))
        line.set_class(bool(sentence), "-some")
        line.set_class(wrong, "-wrong")

    # ---- finding ---------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Find words as they are typed."""
        self.action_page("transcript")
        self.add_class("-finding")
        self.query_one("#find", Input).focus()

    @on(Input.Changed, "#find")
    def _typed(self, event: Input.Changed) -> None:
        if self._call is None:
            return
        pane = self.query_one(ReadingPane)
        pane.mark(event.value)
        self._found = entries_with(self._call.log, event.value)
        here = entry_at(self._call.log, self.here_s)
        later = (n for n, entry in enumerate(self._found) if entry >= here)
        self._at_found = next(later, 0)
        self._show_found(event.value)

    def _show_found(self, words: str) -> None:
        if not words.strip():
            self.say("")
        elif not self._found:
            self.say("That was not said in this call.")
        else:
            self.query_one(ReadingPane).go_to(self._found[self._at_found])
            self.say(
                f"{self._at_found + 1} of {len(self._found)}. Enter: the next, ↑: back, Esc: done"
            )

    @on(Input.Submitted, "#find")
    def _next_found(self) -> None:
        self._step_found(1)

    def _step_found(self, steps: int) -> None:
        if self._found:
            self._at_found = (self._at_found + steps) % len(self._found)
        self._show_found(self.query_one("#find", Input).value)

    def key_down(self) -> None:
        """While finding: the next."""
        if self.has_class("-finding"):
            self._step_found(1)

    def key_up(self) -> None:
        """While finding: the one before."""
        if self.has_class("-finding"):
            self._step_found(-1)

    # ---- notes, sound, files ---------------------------------------------------------------------

    def action_note(self) -> None:
        """Write something down on this moment."""
        self.add_class("-noting")
        self.query_one("#note", Input).focus()

    @on(Input.Submitted, "#note")
    def _noted(self, event: Input.Submitted) -> None:
        text, at_s = clean(event.value).strip(), round(self.here_s, 3)
        self._no_line()
        if not text:
            return

        def keep() -> Told:
            self._reviews.add_note(self._call_id, Note(at_s, text))
            return Told(f"Noted at {clock(at_s)}.", reload=True)

        self._do(keep)

    def _no_line(self) -> None:
        """Out of the line one writes on."""
        if self.has_class("-finding"):
            self.query_one("#find", Input).clear()
        self.query_one("#note", Input).clear()
        self.remove_class("-noting", "-finding")
        self.set_focus(None)
        self.say("")

    def action_export(self, form: str) -> None:
        """Write a report into a file."""
        self.say("Writing …")
        self._do(lambda: Told(f"Written to {self._reviews.export(self._call_id, form)}."))

    def action_copy(self) -> None:
        """What was said here, to the clipboard."""
        if self._call is None:
            return
        moments = (m for m in self._call.summary.moments if m.at_s == self.here_s)
        signal = beside(self._call.signals, self.here_s + 0.001, -1)
        quote = next((m.quote for m in moments), signal.quote if signal else "")
        if quote:
            self.app.copy_to_clipboard(quote)
            self.say(f"Copied: {quote}")
        else:
            self.say("There is nothing to copy at this moment.")

    def action_play(self) -> None:
        """Hear this moment."""
        if self._call is None or self._sound is None:
            return
        signal = beside(self._call.signals, self.here_s + 0.001, -1)
        at = signal if signal is not None and signal.at_s >= self.here_s - 0.002 else None
        start_s = (at.start_s if at else self.here_s) - AROUND_S - (BEFORE_S if at is None else 0)
        end_s = (at.end_s if at else self.here_s + BEFORE_S) + AROUND_S
        self._sound.play(max(start_s, 0.0), end_s)
        self.say(f"Playing {clock(max(start_s, 0.0))} to {clock(end_s)}.")
        self.set_timer(0.5, self._heard)

    def _heard(self) -> None:
        """Say why nothing is heard, if so."""
        if self._sound is not None and self._sound.trouble:
            self.say(f"! {self._sound.trouble}", wrong=True)

    def action_silence(self) -> None:
        """Be silent."""
        if self._sound is not None:
            self._sound.stop()

    def key_escape(self) -> None:
        """Out of a note or the finding."""
        if self.writing:
            self._no_line()
