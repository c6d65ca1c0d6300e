"""Whether all is ready for a call: one check after another, each with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from assistant.safetext import clean
from tui.asking import AllChecked, Checked
from tui.desk import Sureness
from tui.screens.page import BACK, Page
from tui.widgets.check import LOOKS, CheckRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from tui.desk import Check, Desk


class ChecksScreen(Page[None]):
    """A line a check, as it is found."""

    NAME = "Check this machine"
    HELP_TEXT = "Looks at everything a call needs. What is not as it should be says what to do."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Again", tooltip="Look at everything again"),
        Binding("c", "copy", "Copy", tooltip="Copy what was found"),
        *BACK,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._checks: list[Check] = []
        self._over = False

    def body(self) -> Iterator[Widget]:
        """A page that grows."""
        with VerticalScroll(id="checks"):
            yield Static("", id="verdict", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#checks").focus()
        self.action_again()

    def action_again(self) -> None:
        """From the first."""
        self._checks = []
        self._over = False
        self.query(CheckRow).remove()
        self._show()

        def job() -> AllChecked:
            for check in self.desk.checks():
                self.post_message(Checked(check))
            return AllChecked()

        self.work(job, "checks")

    @on(Checked)
    def _checked(self, message: Checked) -> None:
        self._checks.append(message.check)
        self.query_one("#checks").mount(CheckRow(message.check), before="#verdict")

    @on(AllChecked)
    def _all_checked(self) -> None:
        self._over = True
        self._show()

    def _show(self) -> None:
        verdict = Content.styled("… Looking", "$text-muted")
        if self._over:
            wrong = sum(check.sure is Sureness.BAD for check in self._checks)
            look = sum(check.sure is Sureness.WARNING for check in self._checks)
            verdict = _verdict(wrong, look)
        self.query_one("#verdict", Static).update(verdict)
        self.refresh_bindings()

    def action_copy(self) -> None:
        """As lines of text."""
        rows = (f"{LOOKS[c.sure][1]}: {clean(c.name)}: {clean(c.found)}" for c in self._checks)
        self.app.copy_to_clipboard("\n".join(rows))
        self.say("Copied.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing runs twice at the same time."""
        del parameters
        return self._over or None if action in {"again", "copy"} else True


def _verdict(wrong: int, look: int) -> Content:
    if wrong:
        words = "One thing is" if wrong == 1 else f"{wrong} things are"
        return Content.styled(f"{words} in the way of a call.", "bold $error")
    if look:
        words = "one thing" if look == 1 else f"{look} things"
        return Content.styled(f"Ready for a call; {words} could be better.", "bold $warning")
    return Content.styled("Ready for a call.", "bold $success")
