"""Where one begins: what can be done, and the calls of late."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.asking import Found, LeftOver
from tui.desk import Find
from tui.homing import Homing
from tui.screens.page import NARROW, Page
from tui.widgets.calls import CallsList
from tui.widgets.menu import Entry, Menu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget


RECENT: Final = Find(limit=50)

_ENTRIES: Final = (
    Entry("live", "l", "Start a call", "Beside a phone or video call, now"),
    Entry("replay", "r", "Replay a file", "A recording or a transcript"),
    Entry("library", "b", "Library", "All calls: search, file, review"),
    Entry("settings", "s", "Settings", "Devices, model, pacing, colours"),
    Entry("doctor", "d", "Check this machine", "Whether all is ready for a call"),
)


class HomeScreen(Homing, Page[None]):
    """A menu, and recent calls with how they ended."""

    HELP_TEXT = (
        "Start a call beside a phone or video call, replay a recording, or look at a call of "
        "late. Nothing leaves this machine."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "live", "Call", show=False, tooltip="Start a call"),
        Binding("r", "replay", "Replay", show=False, tooltip="Replay a recording or a transcript"),
        Binding("b,slash", "library", "Library", show=False, tooltip="Search and file calls"),
        Binding("s", "settings", "Settings", show=False, tooltip="Devices, model, pacing, colours"),
        Binding("d", "doctor", "Check", show=False, tooltip="Whether all is ready for a call"),
        Binding("u", "cut_off", "Cut off", show=False, tooltip="Calls that were cut off"),
        Binding("i", "welcome", "Introduction", show=False, tooltip="The first three screens"),
        Binding("escape", "to_menu", "Menu", show=False),
        Binding("question_mark", "app.help", "Keys", key_display="?"),
        Binding("ctrl+p", "app.command_palette", "Commands", key_display="^p"),
        Binding("q", "app.leave", "Quit"),
    ]

    def heading(self) -> Content:
        """The name, and what it is for."""
        name = Content.styled("thatsright", "bold")
        if self.size.width < NARROW:
            return name
        return Content.assemble(name, ("   “that's right” is not “you're right”", "$text-muted"))

    def body(self) -> Iterator[Widget]:
        """Beside each other where there is room, else one below the other."""
        with Container(id="home"):
            yield Menu(_ENTRIES)
            with Vertical(id="late"):
                yield Static("", id="late-title", markup=False)
                yield CallsList(id="recent")

    def on_mount(self) -> None:
        """Look what there is."""
        self.query_one(Menu).focus()
        if self.desk.trouble:
            self.say(self.desk.trouble, wrong=True)

    def on_screen_resume(self) -> None:
        """Look again, after whatever was done elsewhere."""
        self.look()

    def look(self) -> None:
        """At the library, and for calls that were cut off."""
        self.work(lambda: Found(RECENT, self.desk.calls(RECENT)), "calls")
        self.work(lambda: LeftOver(self.desk.cut_off()), "cut off")

    @on(Found)
    def _found(self, message: Found) -> None:
        hidden = self.home.bin.hidden
        calls = tuple(call for call in message.shelf.calls if call.id not in hidden)
        self.query_one(CallsList).show(calls)
        total = message.shelf.total - len(hidden)
        title = "Recent calls" if calls else "No calls yet. Start one, or replay a recording."
        more = f"   {total:,} in the library" if total > len(calls) else ""
        self.query_one("#late-title", Static).update(
            Content.assemble((title, "bold" if calls else "$text-muted"), (more, "$text-muted"))
        )

    @on(LeftOver)
    def _left_over(self, message: LeftOver) -> None:
        count = len(message.calls)
        entries: tuple[Entry, ...] = _ENTRIES
        if count:
            name = "A call was cut off" if count == 1 else f"{count} calls were cut off"
            entries = (Entry("cut_off", "u", name, "Keep or delete?", warns=True), *_ENTRIES)
        self.query_one(Menu).show(entries)

    @on(Menu.Meant)
    async def _meant(self, message: Menu.Meant) -> None:
        await self.run_action(message.action)

    @on(Menu.Below)
    def _below(self) -> None:
        if self.query_one(CallsList).calls:
            self.query_one(CallsList).focus()

    @on(CallsList.Above)
    def _above(self) -> None:
        self.query_one(Menu).focus()

    @on(CallsList.Opened)
    def _opened(self, message: CallsList.Opened) -> None:
        self.home.open_call(message.call)

    def action_to_menu(self) -> None:
        """Escape."""
        self.query_one(Menu).focus()

    def action_live(self) -> None:
        """A call that happens now."""
        self.home.ask_live()

    def action_replay(self) -> None:
        """Choose a file."""
        self.home.open_files()

    def action_library(self) -> None:
        """All calls."""
        self.home.open_library()

    def action_settings(self) -> None:
        """All settings."""
        self.home.open_settings()

    def action_doctor(self) -> None:
        """Look at everything a call needs."""
        self.home.open_checks()

    def action_cut_off(self) -> None:
        """What was cut off."""
        self.home.open_cut_off()

    def action_welcome(self) -> None:
        """The first screens, again."""
        self.home.open_welcome()
