"""Calls whose program was killed: keep them, delete them, or decide later."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.calltime import clock
from assistant.safetext import clean
from tui.asking import Done, LeftOver
from tui.homing import Homing
from tui.screens.ask import AskScreen
from tui.screens.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from tui.desk import CutOff, Desk

_ABOUT = (
    "These calls did not get to their end, because the program was killed or the power went. "
    "What was said is here, complete to the last words."
)


class CutOffScreen(Homing, Page[None]):
    """A list, and an answer for each."""

    NAME = "Calls that were cut off"
    HELP_TEXT = _ABOUT
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,k", "keep", "Keep", key_display="k", tooltip="Into the library"),
        Binding("delete,x", "delete", "Delete", key_display="x", tooltip="For good, sound too"),
        Binding("question_mark", "app.help", "Keys", key_display="?"),
        Binding("escape,q", "leave", "Later", key_display="Esc", tooltip="They stay as they are"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._calls: tuple[CutOff, ...] = ()

    def body(self) -> Iterator[Widget]:
        """What they are, and which."""
        yield Static(_ABOUT, id="about", markup=False)
        yield OptionList(id="cut-off", compact=True)

    def on_mount(self) -> None:
        """Look what there is."""
        self.query_one(OptionList).focus()
        self._look()

    def _look(self) -> None:
        self.work(lambda: LeftOver(self.desk.cut_off()), "cut off")

    @on(LeftOver)
    def _left_over(self, message: LeftOver) -> None:
        self._calls = message.calls
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        options.clear_options()
        options.add_options(Option(_line(call)) for call in message.calls)
        options.highlighted = min(at, len(message.calls) - 1) if message.calls else None
        if not message.calls:
            self.query_one("#about", Static).update("There are none any more.")
        self.refresh_bindings()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_keep()

    @property
    def _chosen(self) -> CutOff | None:
        at = self.query_one(OptionList).highlighted if self.is_mounted else None
        return self._calls[at] if at is not None and at < len(self._calls) else None

    def action_keep(self) -> None:
        """Into the library."""
        if (call := self._chosen) is None:
            return
        if call.problem:
            self.say(call.problem, wrong=True)
            return

        def job() -> Done:
            number = self.desk.keep_cut_off(call.id)
            return Done(f"Kept as call {number}.")

        self.say("Bringing it back …")
        self.work(job, "keep")

    def action_delete(self) -> None:
        """For good."""
        if (call := self._chosen) is None:
            return

        def job() -> Done:
            self.desk.delete_cut_off(call.id)
            return Done("Deleted.")

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - Textual's callback
            if yes:
                self.work(job, "delete")

        question = f"Delete what is left of “{_title(call)}”, for good?"
        self.app.push_screen(AskScreen(question, "Delete", "Keep"), answered)

    @on(Done)
    def _done(self, message: Done) -> None:
        self.say(message.sentence)
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that need a call are dim without one."""
        del parameters
        if action in {"keep", "delete"}:
            return True if self._chosen is not None else None
        return True


def _title(call: CutOff) -> str:
    return clean(call.title) or call.id


def _line(call: CutOff) -> Content:
    began = f"{call.started_at.astimezone():%Y-%m-%d %H:%M}" if call.started_at else ""
    if call.problem:
        return Content.assemble((_title(call), "bold"), "\n  ", (clean(call.problem), "$error"))
    said = f"{call.utterances} utterances" if call.utterances != 1 else "1 utterance"
    return Content.assemble(
        (_title(call), "bold"),
        (f"\n  {began}  {clock(call.length_s)}  {said}", "$text-muted"),
    )
