"""All calls: found as one types, narrowed, renamed, filed, deleted, opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from assistant.kinds import Outcome
from assistant.safetext import clean
from assistant.stored import CallChange
from tui.asking import Done, Found
from tui.bin import UNDO_S
from tui.desk import Choice, Find
from tui.homing import Homing
from tui.screens.ask import AskScreen, WordsScreen
from tui.screens.page import BACK, Page
from tui.screens.pick import PickScreen
from tui.widgets.calls import CallsList
from tui.widgets.filters import PARTS, Filters
from tui.widgets.search import SearchLine
from tui.words import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from textual.widget import Widget

    from assistant.stored import StoredCall
    from tui.desk import Desk, Shelf

_ANY: Final = Choice("", "Any")
_OUTCOMES: Final = tuple(
    Choice(o.value, f"{OUTCOMES[o].shape} {OUTCOMES[o].word}") for o in Outcome
)
_OF_A_CALL: Final = frozenset({"rename", "with_whom", "tags", "delete", "copy"})
_ONE_LETTER: Final = (
    "One letter is in nearly every call, so it is not looked for yet. With a space after it, it is "
    "looked for as a word."
)
_QUESTIONS: Final = {
    "outcome": "How it ended",
    "counterpart": "With whom",
    "tag": "Filed under",
    "since": "Since when",
}


class LibraryScreen(Homing, Page[None]):
    """A line to search, what it is narrowed to, and the calls."""

    NAME = "Library"
    HELP_TEXT = (
        "Type words that were said, or part of a title, a name or a tag. 1 to 4 narrow the list. "
        "A deleted call can be had back for ten seconds; then it is gone for good."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo", tooltip="Have the call deleted last back"),
        *BACK,
        Binding("slash", "search", "Search", key_display="/", tooltip="Type words to look for"),
        Binding("e", "rename", "Rename", tooltip="Give this call another title"),
        Binding("w", "with_whom", "With", tooltip="Say whom this call was with"),
        Binding("t", "tags", "Tags", tooltip="File this call under tags"),
        Binding("delete,x", "delete", "Delete", key_display="x", tooltip="Delete this call"),
        Binding("c", "copy", "Copy", show=False, tooltip="Copy this call's line"),
        *(
            Binding(str(n), f"narrow('{part}')", _QUESTIONS[part], show=False)
            for n, part in enumerate(PARTS, start=1)
        ),
        Binding("0", "widen", "All calls", show=False, tooltip="Search and filters off"),
    ]

    def __init__(self, desk: Desk, words: str = "") -> None:
        super().__init__(desk)
        self._find = Find(words)
        self._shelf: Shelf | None = None

    def heading(self) -> Content:
        """How many there are."""
        title = super().heading()
        if self._shelf is None or not self.is_mounted:
            return title
        shown, total = len(self._shown()), self._shelf.total - len(self.home.bin.hidden)
        count = f"{total:,}" if shown == total else f"{shown:,} of {total:,}"
        return Content.assemble(title, (f"   {count}", "$text-muted"))

    def body(self) -> Iterator[Widget]:
        """Top to bottom."""
        yield SearchLine(self._find.words, "Search what was said")
        yield Filters()
        yield CallsList(id="calls")

    def on_mount(self) -> None:
        """One types at once."""
        self.query_one("#search", Input).focus()
        self.query_one(Filters).show(self._find)

    def on_screen_resume(self) -> None:
        """Look again, after whatever was done elsewhere."""
        self.look()

    def look(self) -> None:
        """For what is wanted now."""
        find = self._find
        self.work(lambda: Found(find, self.desk.calls(find)), "calls")

    @on(Found)
    def _found(self, message: Found) -> None:
        if message.find != self._find:
            return
        self._shelf = message.shelf
        self._show()

    def _show(self) -> None:
        calls = self._shown()
        self.query_one(CallsList).show(calls)
        self.retitle()
        self.refresh_bindings()
        if self._shelf is not None and not calls:
            narrowed = self._find != Find()
            self.say("No call fits. 0 shows all." if narrowed else "No calls yet.")

    def _shown(self) -> tuple[StoredCall, ...]:
        hidden = self.home.bin.hidden
        calls = self._shelf.calls if self._shelf is not None else ()
        return tuple(call for call in calls if call.id not in hidden)

    # ---- searching ----------------------------------------------------------------------------

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self._find.words:
            self._wanted(replace(self._find, words=event.value))
            if len(event.value.strip()) == 1 and not event.value[-1].isspace():
                self.say(_ONE_LETTER)

    @on(SearchLine.Below)
    @on(Input.Submitted, "#search")
    def _typed_out(self) -> None:
        self.query_one(CallsList).focus()

    def _wanted(self, find: Find) -> None:
        self._find = find
        self.unsay()
        self.query_one(Filters).show(find)
        self.query_one(CallsList).restart()
        self.look()

    @on(CallsList.Above)
    def _above(self) -> None:
        self.action_search()

    def action_search(self) -> None:
        """Type."""
        self.query_one("#search", Input).focus()

    def action_widen(self) -> None:
        """Everything."""
        self._find = Find()
        self.query_one("#search", Input).value = ""
        self._wanted(Find())

    @on(Filters.Wanted)
    def _filter_wanted(self, message: Filters.Wanted) -> None:
        self.action_narrow(message.part)

    def action_narrow(self, part: str) -> None:
        """Ask what to narrow to."""
        choices, now = self._choices(part)
        if len(choices) == 1:
            words = "No call has a tag yet: t gives one." if part == "tag" else (
                "No call says yet whom it was with: w does."
            )  # fmt: skip
            self.say(words)
            return

        def picked(value: str | None) -> None:
            if value is not None:
                self._wanted(_narrowed(self._find, part, value))

        self.app.push_screen(PickScreen(_QUESTIONS[part], choices, now), picked)

    def _choices(self, part: str) -> tuple[tuple[Choice, ...], str]:
        shelf = self._shelf
        match part:
            case "outcome":
                now = self._find.outcome.value if self._find.outcome else ""
                return (_ANY, *_OUTCOMES), now
            case "since":
                today = datetime.now().astimezone().date()
                now = self._find.since.isoformat() if self._find.since else ""
                return (_ANY, *_days(today)), now
            case "counterpart":
                names = shelf.counterparts if shelf else ()
                return (_ANY, *(Choice(n, n) for n in names)), self._find.counterpart
            case _:
                names = shelf.tags if shelf else ()
                return (_ANY, *(Choice(n, n) for n in names)), self._find.tag

    # ---- one call -----------------------------------------------------------------------------

    @property
    def _chosen(self) -> StoredCall | None:
        return self.query_one(CallsList).chosen

    @on(CallsList.Opened)
    def _opened(self, message: CallsList.Opened) -> None:
        self.home.open_call(message.call)

    def _change(self, call: StoredCall, to: CallChange, done: str) -> None:
        def job() -> Done:
            self.desk.change(call.id, to)
            return Done(done)

        self.work(job, "change")

    @on(Done)
    def _done(self, message: Done) -> None:
        self.say(message.sentence)
        self.look()

    def action_rename(self) -> None:
        """Another title."""
        if (call := self._chosen) is None:
            return

        def given(title: str | None) -> None:
            if title is not None and clean(title):
                self._change(call, CallChange(title=title), f"Renamed to “{clean(title)}”.")

        self.app.push_screen(WordsScreen("Title of the call", call.title), given)

    def action_with_whom(self) -> None:
        """Whom it was with."""
        if (call := self._chosen) is None:
            return

        def given(name: str | None) -> None:
            if name is not None:
                words = f"With {clean(name)}." if clean(name) else "With nobody in particular."
                self._change(call, CallChange(counterpart=name), words)

        screen = WordsScreen("Whom was it with?", call.counterpart, "A name, a firm")
        self.app.push_screen(screen, given)

    def action_tags(self) -> None:
        """File it."""
        if (call := self._chosen) is None:
            return

        def given(text: str | None) -> None:
            if text is not None:
                tags = tags_of(text)
                words = f"Filed under {', '.join(tags)}." if tags else "No tags any more."
                self._change(call, CallChange(tags=tags), words)

        before = ", ".join(call.tags)
        screen = WordsScreen("Tags, with commas between them", before, "supplier, 2026")
        self.app.push_screen(screen, given)

    def action_delete(self) -> None:
        """Ask; then out of sight, and gone when nobody wanted it back."""
        if (call := self._chosen) is None:
            return
        title = clean(call.title)

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - Textual's callback
            if not yes:
                return
            self.home.delete_later(call)
            self._show()
            self.say(f"Deleted “{title}”. u brings it back, for {UNDO_S:.0f} seconds.")

        question = f"Delete “{title}”: every word and sound of it?"
        self.app.push_screen(AskScreen(question, "Delete", "Keep"), answered)

    def action_undo(self) -> None:
        """What was deleted last is there again."""
        call = self.home.bin.take_back()
        if call is None:
            self.say("Nothing was deleted in the last seconds.")
            return
        self._show()
        self.say(f"“{clean(call.title)}” is back.")

    def action_copy(self) -> None:
        """What the list says of it."""
        if (call := self._chosen) is None:
            return
        began = call.started_at.astimezone()
        self.app.copy_to_clipboard(
            f"{clean(call.title)}, {began:%Y-%m-%d %H:%M}, {OUTCOMES[call.outcome].word}"
        )
        self.say("Copied.")

    def action_leave(self) -> None:
        """From the list back to everything, then home."""
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that need a call are dim without one."""
        del parameters
        if action in _OF_A_CALL:
            return True if self.is_mounted and self._chosen is not None else None
        if action == "undo":
            return self.home.bin.last is not None
        return True


def tags_of(text: str) -> tuple[str, ...]:
    """What is between the commas, once each; a # before it is left out."""
    parts = (clean(part).lstrip("#").strip() for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _days(today: date) -> tuple[Choice, ...]:
    week, month = today - timedelta(days=6), today - timedelta(days=29)
    return (
        Choice(today.isoformat(), "Today"),
        Choice(week.isoformat(), "The last 7 days"),
        Choice(month.isoformat(), "The last 30 days"),
        Choice(today.replace(month=1, day=1).isoformat(), "This year"),
    )


def _narrowed(find: Find, part: str, value: str) -> Find:
    match part:
        case "outcome":
            return replace(find, outcome=Outcome(value) if value else None)
        case "since":
            return replace(find, since=datetime.fromisoformat(value).date() if value else None)
        case "counterpart":
            return replace(find, counterpart=value)
        case _:
            return replace(find, tag=value)
