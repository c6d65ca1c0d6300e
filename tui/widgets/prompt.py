"""The one large thing: what to say now, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from assistant.tones import Tone
from tui.view import Phase
from tui.widgets.drawn import Drawn
from tui.words import COLOURS, LISTENING, PROMPTS, SIGNALS
from tui.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Hashable

    from assistant.model import Prompt
    from tui.view import View


_KEYS: Final = Content.from_markup(
    "[@click=screen.use][bold]u[/] Used[/]   [@click=screen.dismiss_prompt][bold]x[/] Dismiss[/]   "
    "[@click=screen.less][bold]l[/] Less of this kind[/]   [@click=screen.pin][bold]p[/] Pin[/]"
)
"""What can be done with a prompt, to be clicked too. Words of ours alone: it is markup."""

_FEW_KEYS: Final = Content.from_markup(
    "[@click=screen.use][bold]u[/] used[/]  [@click=screen.dismiss_prompt][bold]x[/] no[/]  "
    "[@click=screen.less][bold]l[/] less[/]  [@click=screen.pin][bold]p[/] pin[/]"
)


class PromptPanel(Drawn):
    """The prompt while there is one; else, quietly, what to listen for."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="prompt")

    def face(self, view: View) -> Hashable:
        """The prompt with its cause, or what the quiet words depend on."""
        quiet = view.understanding, view.muted, view.declined
        prompt = view.prompt, view.cause, view.used, view.pinned
        return prompt, view.phase, view.failure, quiet

    def changed(self) -> None:
        """Take on the tone of the prompt."""
        tone = _tone(self.view)
        for each in Tone:
            self.set_class(each is tone, f"-{each}")
        super().changed()

    def lines(self, width: int, height: int) -> list[Content]:
        """What to say first; reason, quote and kind as far as there is room."""
        if self.view.phase is Phase.FAILED:
            return _failure(self.view.failure, width, height)
        if self.view.prompt is None or self.view.used:
            return [Content.styled(text, "$text-muted") for text in _cut(_quiet(self.view), width)]
        return self._prompt(self.view.prompt, width, height)

    def _prompt(self, prompt: Prompt, width: int, height: int) -> list[Content]:
        """What to say, and as much around it as fits, what matters most first."""
        say = [Content.styled(line, "bold") for line in _cut(prompt.say, width)][:height]
        name, tone = PROMPTS[prompt.kind]
        pinned = Content.styled("   pinned", "$text-muted") if prompt == self.view.pinned else ""
        kind = [Content.assemble((name, f"bold {COLOURS[tone]}"), pinned)]
        why = [Content.styled(line, "$text-muted") for line in _cut(prompt.why, width)]
        cause = self._cause(width)
        keys = [_KEYS if width >= _KEYS.cell_length else _FEW_KEYS.truncate(width)]
        keys = [line.stylize_before("$text-muted") for line in keys]
        room = height - len(say)
        kept: list[list[Content]] = []
        for lines in (why, cause, keys, kind):
            fits = len(lines) <= room
            kept.append(lines if fits else [])
            room -= len(lines) if fits else 0
        why, cause, keys, kind = kept
        gap = [Content("")]
        below = gap if room and (why or cause) else []
        room -= len(below)
        last = gap if room and keys else []
        above = gap if room - len(last) > 0 and kind else []
        return [*kind, *above, *say, *below, *why, *cause, *last, *keys]

    def _cause(self, width: int) -> list[Content]:
        cause = self.view.cause
        if cause is None:
            return []
        look = SIGNALS[cause.kind]
        line = Content.assemble(
            (f"{look.shape} {look.word}", COLOURS[look.tone]),
            (f"  “{cause.quote}”", "italic $text-muted"),
        )
        return [line.truncate(width, ellipsis=True)]


def _tone(view: View) -> Tone | None:
    if view.phase is Phase.FAILED:
        return Tone.AGAINST
    if view.prompt is None or view.used:
        return None
    return PROMPTS[view.prompt.kind][1]


def _quiet(view: View) -> str:
    if view.phase is Phase.LOADING:
        return "Loading the speech model …" if view.info.model else "Opening the call …"
    if view.used:
        return "✓ Said. Now let them answer."
    if view.muted:
        return "No prompts until you press o again."
    if view.declined is not None:
        less = view.declined.less
        return "Less of that kind from now on." if less else "Dismissed."
    return LISTENING[view.understanding]


def _failure(message: str, width: int, height: int) -> list[Content]:
    title = [Content.styled("This call could not be played.", "bold $error"), Content("")]
    words = [Content(line) for line in _cut(message, width)]
    return [*(title if len(words) + len(title) <= height else []), *words]


def _cut(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width)]
