"""The one large thing: what to say now, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.lines import wrap
from tui.view import Phase
from tui.widgets.drawn import Drawn
from tui.words import COLOURS, LISTENING, PROMPTS, SIGNALS, Tone

if TYPE_CHECKING:
    from collections.abc import Hashable

    from assistant.model import Prompt
    from tui.view import View


class PromptPanel(Drawn):
    """The prompt while there is one; else, quietly, what to listen for."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="prompt")

    def face(self, view: View) -> Hashable:
        """The prompt with its cause, or what the quiet words depend on."""
        return view.prompt, view.cause, view.used, view.phase, view.failure, view.understanding

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
        say = [Content.styled(line, "bold") for line in _cut(prompt.say, width)][:height]
        name, tone = PROMPTS[prompt.kind]
        kind = [Content.styled(name, f"bold {COLOURS[tone]}")]
        why = [Content.styled(line, "$text-muted") for line in _cut(prompt.why, width)]
        cause = self._cause(width)
        room = height - len(say)
        why = why if len(why) <= room else []
        room -= len(why)
        cause = cause if len(cause) <= room else []
        room -= len(cause)
        kind = kind if room else []
        room -= len(kind)
        gap = [Content("")]
        below = gap if room and (why or cause) else []
        above = gap if room - len(below) > 0 and kind else []
        return [*kind, *above, *say, *below, *why, *cause]

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
    return LISTENING[view.understanding]


def _failure(message: str, width: int, height: int) -> list[Content]:
    title = [Content.styled("This call could not be played.", "bold $error"), Content("")]
    words = [Content(line) for line in _cut(message, width)]
    return [*(title if len(words) + len(title) <= height else []), *words]


def _cut(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width)]
