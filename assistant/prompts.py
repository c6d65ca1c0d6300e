"""One short thing to say next: ranked, paced, expiring, never repeated. Pure.

Silence is the default: sparse cues beat constant ones (Tanveer et al., "Rhema", IUI 2015).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import Prompt, PromptKind, PromptUsed, SignalKind
from assistant.text import containment, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import Signal
    from assistant.phrases import PhraseBook, Wording

PACE_S: Final = 12.0
"""Least time between two prompts, unless the new one outranks the one shown."""

FRESH_S: Final = 10.0
"""How long a prompt stays good: about one exchange of turns."""

REPEAT_S: Final = 120.0
"""Nothing is said twice within this."""

USED_WITHIN_S: Final = 20.0
"""My words use a prompt when they come within this of it ..."""

USED_SHARE: Final = 0.6
"""... and contain this share of its words."""

_RANK: Final = {
    SignalKind.THATS_RIGHT: 6,
    SignalKind.OFFER: 6,
    SignalKind.STALLED: 5,
    SignalKind.PRESSURE: 5,
    SignalKind.YOURE_RIGHT: 4,
    SignalKind.PUSHBACK: 4,
    SignalKind.CORRECTION: 3,
    SignalKind.DEFERRAL: 3,
    SignalKind.QUALIFIED_AGREEMENT: 3,
    SignalKind.BARE_YES: 2,
}
_SILENT: Final = {PromptKind.SILENCE, PromptKind.LET_THEM, PromptKind.SLOW_DOWN}


@dataclass(frozen=True, slots=True)
class Shown:
    """A prompt that was shown."""

    prompt: Prompt
    rank: int
    used: bool = False


@dataclass(frozen=True, slots=True)
class Prompter:
    """What was shown lately."""

    shown: tuple[Shown, ...] = ()
    """Of the last `REPEAT_S`, oldest first."""
    count: int = 0


def propose(
    book: PhraseBook,
    prompter: Prompter,
    signals: Sequence[Signal],
    subject: str | None,
    now_s: float,
) -> tuple[Prompter, Prompt | None]:
    """The best prompt for what was just heard, or none; `now_s` is the call time reached.

    What was held until the other was done may be too old by now to be prompted for.
    """
    fresh = (s for s in signals if s.kind in _RANK and now_s - s.at_s < FRESH_S)
    best = max(fresh, key=lambda s: _RANK[s.kind], default=None)
    if best is None:
        return prompter, None
    prompter = _forget(prompter, best.at_s)
    rank = _RANK[best.kind]
    latest = prompter.shown[-1] if prompter.shown else None
    if (
        latest is not None
        and best.at_s - latest.prompt.at_s < PACE_S
        and rank <= latest.rank
        and not _overtaken(book, latest.prompt, signals)
    ):
        return prompter, None
    chosen = _choose(book, prompter, best.kind, subject)
    if chosen is None:
        return prompter, None
    wording, say = chosen
    prompt = Prompt(
        id=prompter.count + 1,
        kind=wording.kind,
        say=say,
        why=wording.why,
        signal=best.id,
        at_s=best.at_s,
        expires_s=round(best.at_s + FRESH_S, 3),
    )
    shown = (*prompter.shown, Shown(prompt, rank))
    return Prompter(shown, prompter.count + 1), prompt


def notice(prompter: Prompter, my_words: str, at_s: float) -> tuple[Prompter, PromptUsed | None]:
    """Whether what I just said uses the prompt shown last."""
    if not prompter.shown:
        return prompter, None
    latest = prompter.shown[-1]
    prompt = latest.prompt
    if latest.used or prompt.kind in _SILENT or at_s - prompt.at_s > USED_WITHIN_S:
        return prompter, None
    if containment(words_of(prompt.say), words_of(my_words)) < USED_SHARE:
        return prompter, None
    shown = (*prompter.shown[:-1], replace(latest, used=True))
    return replace(prompter, shown=shown), PromptUsed(prompt.id, at_s)


def _overtaken(book: PhraseBook, prompt: Prompt, signals: Sequence[Signal]) -> bool:
    """True when what the prompt rests on turned out to be something that asks for another."""
    became = next((s.kind for s in signals if s.revises == prompt.signal), None)
    if became is None:
        return False
    return all(w.kind is not prompt.kind for w in book.wordings if w.on is became)


def _forget(prompter: Prompter, now_s: float) -> Prompter:
    kept = tuple(s for s in prompter.shown if now_s - s.prompt.at_s < REPEAT_S)
    return replace(prompter, shown=kept)


def _choose(
    book: PhraseBook, prompter: Prompter, kind: SignalKind, subject: str | None
) -> tuple[Wording, str] | None:
    """The first wording not said lately; of its kinds, the one used least lately comes first."""
    said = [s.prompt.say for s in prompter.shown]
    kinds = [s.prompt.kind for s in prompter.shown]
    entries = [w for w in book.wordings if w.on is kind]
    for wording in sorted(entries, key=lambda w: kinds.count(w.kind)):
        for template in wording.say:
            if "{subject}" in template and subject is None:
                continue
            say = template.replace("{subject}", subject or "")
            if say not in said:
                return wording, say
    return None
