"""One short thing to say next: ranked, paced, expiring, never repeated. Pure.

Silence is the default: sparse cues beat constant ones (Tanveer et al., "Rhema", IUI 2015).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import Prompt, PromptDeclined, PromptKind, PromptUsed, SignalKind
from assistant.text import containment, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import Signal
    from assistant.phrases import PhraseBook, Wording

FRESH_S: Final = 10.0
"""How long a prompt stays good: about one exchange of turns."""

REPEAT_S: Final = 120.0
"""Nothing is said twice within this."""

USED_WITHIN_S: Final = 20.0
"""My words use a prompt when they come within this of it ..."""

USED_SHARE: Final = 0.6
"""... and contain this share of its words."""

MOST_WORDS: Final = 14
"""More cannot be read at a glance, or said in one breath (SIGNALS: prompts)."""

RESTS_S: Final = 180.0
"""A kind that less was asked of comes at most so often; twice as seldom each time it is asked."""

POINTS: Final = 3
"""So many points of theirs in one prompt."""

_RANK: Final = {
    SignalKind.THATS_RIGHT: 6,
    SignalKind.OFFER: 6,
    SignalKind.STALLED: 5,
    SignalKind.PRESSURE: 5,
    SignalKind.YOURE_RIGHT: 4,
    SignalKind.PUSHBACK: 4,
    SignalKind.PREMATURE_MOVE: 4,
    SignalKind.FILLED_SILENCE: 3,
    SignalKind.MONOLOGUE: 3,
    SignalKind.UNADDRESSED: 1,
    SignalKind.CORRECTION: 3,
    SignalKind.DEFERRAL: 3,
    SignalKind.QUALIFIED_AGREEMENT: 3,
    SignalKind.BARE_YES: 2,
}
_SILENT: Final = {PromptKind.SILENCE, PromptKind.LET_THEM, PromptKind.SLOW_DOWN}


@dataclass(frozen=True, slots=True)
class Filling:
    """What can be put into a wording."""

    subject: str | None
    """As it stands in a sentence: "the price"."""
    points: tuple[str, ...] = ()
    """Of theirs, not yet said back, what weighs most first."""
    label: str = ""
    """A sentence that says back what was passed over."""

    def put_into(self, template: str) -> str | None:
        """The wording, or None when something for it is missing or it grows too long to say."""
        if ("{subject}" in template and self.subject is None) or (
            "{label}" in template and not self.label
        ):
            return None
        if "{points}" in template:
            for most in range(min(POINTS, len(self.points)), 0, -1):
                say = template.replace("{points}", ", ".join(self.points[:most]))
                if len(say.split()) <= MOST_WORDS:
                    return say
            return None
        say = template.replace("{subject}", self.subject or "").replace("{label}", self.label)
        return say if len(say.split()) <= MOST_WORDS else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A prompt that was shown."""

    prompt: Prompt
    rank: int
    used: bool = False


@dataclass(frozen=True, slots=True)
class Resting:
    """A kind of prompt that is to come more seldom."""

    kind: PromptKind
    every_s: float
    """Least time between two of them, seconds."""
    until_s: float
    """Call time before which none comes."""


@dataclass(frozen=True, slots=True)
class Prompter:
    """What was shown lately."""

    shown: tuple[Shown, ...] = ()
    """Of the last `REPEAT_S`, oldest first."""
    count: int = 0
    silence_after: int | None = None
    """Id of the "that's right" after which a silence, then a question is due."""
    resting: tuple[Resting, ...] = ()
    """Kinds that less was asked of."""
    muted: bool = False
    """True while no prompts are wanted."""


def propose(
    book: PhraseBook,
    prompter: Prompter,
    signals: Sequence[Signal],
    filling: Filling,
    now_s: float,
) -> tuple[Prompter, Prompt | None]:
    """The best prompt for what was just heard, or none; `now_s` is the call time reached.

    What was held until the other was done may be too old by now to be prompted for.
    """
    fresh = (s for s in signals if s.kind in _RANK and now_s - s.at_s < FRESH_S)
    best = max(fresh, key=lambda s: _RANK[s.kind], default=None)
    if best is None or prompter.muted:
        return prompter, None
    prompter = _forget(prompter, best.at_s)
    rank = _RANK[best.kind]
    latest = prompter.shown[-1] if prompter.shown else None
    if (
        latest is not None
        and best.at_s - latest.prompt.at_s < book.limits.pace_s
        and rank <= latest.rank
        and not _overtaken(book, latest.prompt, signals)
    ):
        return prompter, None
    after = best.id if best.kind is SignalKind.THATS_RIGHT else None
    return _show(book, replace(prompter, silence_after=after), best, rank, filling)


def _show(
    book: PhraseBook, prompter: Prompter, signal: Signal, rank: int, filling: Filling
) -> tuple[Prompter, Prompt | None]:
    chosen = _choose(book, prompter, signal, filling)
    if chosen is None:
        return prompter, None
    wording, say = chosen
    prompt = Prompt(
        id=prompter.count + 1,
        kind=wording.kind,
        say=say,
        why=wording.why,
        signal=signal.id,
        at_s=signal.at_s,
        expires_s=round(signal.at_s + FRESH_S, 3),
    )
    return _shown(prompter, Shown(prompt, rank)), prompt


def _shown(prompter: Prompter, shown: Shown) -> Prompter:
    """One more; if its kind is to come seldom, it rests again."""
    kind, at_s = shown.prompt.kind, shown.prompt.at_s
    resting = tuple(
        replace(r, until_s=at_s + r.every_s) if r.kind is kind else r for r in prompter.resting
    )
    return replace(
        prompter,
        shown=(*prompter.shown, shown),
        count=prompter.count + 1,
        resting=resting,
    )


def after_silence(
    book: PhraseBook, prompter: Prompter, filling: Filling, now_s: float
) -> tuple[Prompter, Prompt | None]:
    """After a true "that's right" silence comes first, then a calibrated question.

    Called when they have been silent for a while.
    """
    signal = prompter.silence_after
    if signal is None:
        return prompter, None
    prompter = replace(prompter, silence_after=None)
    if prompter.muted:
        return prompter, None
    entries = [w for w in book.wordings if w.on is SignalKind.THATS_RIGHT and w.kind not in _SILENT]
    chosen = _worded(prompter, entries, filling, now_s)
    if chosen is None:
        return prompter, None
    wording, say = chosen
    expires_s = round(now_s + FRESH_S, 3)
    prompt = Prompt(prompter.count + 1, wording.kind, say, wording.why, signal, now_s, expires_s)
    shown = Shown(prompt, _RANK[SignalKind.THATS_RIGHT])
    return _shown(_forget(prompter, now_s), shown), prompt


def use(prompter: Prompter, number: int) -> Prompter:
    """I say that I used a prompt: its words are not looked for in mine any more."""
    shown = tuple(replace(s, used=True) if s.prompt.id == number else s for s in prompter.shown)
    return replace(prompter, shown=shown)


def decline(prompter: Prompter, declined: PromptDeclined) -> Prompter:
    """I turned a prompt down: the next one may come at once, its kind later if less was asked."""
    found = next((s for s in prompter.shown if s.prompt.id == declined.prompt), None)
    if found is None:
        return prompter
    shown = tuple(replace(s, rank=0) if s is found else s for s in prompter.shown)
    prompter = replace(prompter, shown=shown)
    if not declined.less:
        return prompter
    kind = found.prompt.kind
    before = next((r.every_s for r in prompter.resting if r.kind is kind), RESTS_S / 2)
    others = tuple(r for r in prompter.resting if r.kind is not kind)
    rests = Resting(kind, before * 2, declined.at_s + before * 2)
    return replace(prompter, resting=(*others, rests))


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
    book: PhraseBook, prompter: Prompter, signal: Signal, filling: Filling
) -> tuple[Wording, str] | None:
    """The first wording not said lately; of its kinds, the one used least lately comes first."""
    entries = [w for w in book.wordings if w.on is signal.kind]
    if signal.kind is SignalKind.THATS_RIGHT:
        entries = [w for w in entries if w.kind in _SILENT]
    return _worded(prompter, entries, filling, signal.at_s)


def _worded(
    prompter: Prompter, entries: Sequence[Wording], filling: Filling, at_s: float
) -> tuple[Wording, str] | None:
    rest = {r.kind for r in prompter.resting if at_s < r.until_s}
    entries = [w for w in entries if w.kind not in rest]
    said = [s.prompt.say for s in prompter.shown]
    kinds = [s.prompt.kind for s in prompter.shown]
    for wording in sorted(entries, key=lambda w: kinds.count(w.kind)):
        for template in wording.say:
            say = filling.put_into(template)
            if say is not None and say not in said:
                return wording, say
    return None
