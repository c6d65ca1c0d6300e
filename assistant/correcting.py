"""`thatsright correct` and `thatsright evaluate`: what the user asks for, done in the library."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.corrections import (
    MINE,
    THEIRS,
    Correction,
    Judgement,
    What,
    corrected_lines,
    derive,
    judgements,
    line_of,
)
from assistant.errors import ConfigError
from assistant.kinds import SignalKind
from assistant.listing import OUTCOMES
from assistant.model import Signal, Speaker
from assistant.safetext import clean
from assistant.signals.findings import REPLIES
from assistant.summary import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assistant.model import FinishedCall, Note, Transcript
    from assistant.phrases import PhraseBook
    from assistant.store import Library

_SAYABLE: Final = (*THEIRS, *MINE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be corrected, as the command line says it; None for what it does not."""

    line: int | None = None
    signal: int | None = None
    text: str | None = None
    speaker: str | None = None
    is_not: bool = False
    is_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction made of a call."""

    before: FinishedCall
    after: FinishedCall

    @property
    def gone(self) -> tuple[Signal, ...]:
        """Signals that are heard no longer."""
        return _only(self.before, self.after)

    @property
    def new(self) -> tuple[Signal, ...]:
        """Signals that were not heard before."""
        return _only(self.after, self.before)


def correct(library: Library, call_id: int, wish: Wish, book: PhraseBook) -> Change:
    """Correct a line or a signal.

    Raises:
        ConfigError: the wish does not fit the call; the message says what there is.
        StoreError: it could not be kept; nothing was changed.
    """
    before = library.load(call_id)
    lines = corrected_lines(library.original(call_id), library.corrections(call_id))
    added = tuple(_corrections(wish, before, lines))
    return Change(before, library.correct(call_id, added, _derive(book)))


def undo(library: Library, call_id: int, book: PhraseBook, *, everything: bool) -> Change:
    """Take the last correction back, or all.

    Raises:
        StoreError: there is none, or it could not be kept; nothing was changed.
    """
    before = library.load(call_id)
    return Change(before, library.undo(call_id, _derive(book), everything=everything))


def _derive(
    book: PhraseBook,
) -> Callable[[FinishedCall, Sequence[Correction], Sequence[Note]], FinishedCall]:
    return lambda original, corrections, notes: derive(original, corrections, book, notes)


# ---- what is meant --------------------------------------------------------------------------


def _corrections(
    wish: Wish, call: FinishedCall, lines: Sequence[Transcript]
) -> Iterator[Correction]:
    """The corrections a wish comes to, at least one."""
    heard = None if wish.signal is None else _signal(wish.signal, call)
    number = wish.line if heard is None else line_of(heard, lines)
    if number is None:
        raise ConfigError(
            f"Signal {wish.signal} rests on no single line, so it cannot be corrected. Correct the "
            "line it speaks of with --line."
        )
    if not 1 <= number <= len(lines):
        raise ConfigError(f"There is no line {number}: the call has {len(lines)} lines.")
    line = lines[number - 1]
    if wish.text is not None:
        yield Correction(number, What.TEXT, clean(wish.text))
    if wish.speaker is not None:
        if wish.speaker not in (Speaker.ME, Speaker.THEM):
            raise ConfigError(f"--speaker is me or them, not {clean(wish.speaker)}.")
        yield Correction(number, What.SPEAKER, wish.speaker)
        line = replace(line, speaker=Speaker(wish.speaker))
    kind = None if wish.is_kind is None else kind_of(wish.is_kind)
    if kind is not None:
        _check_speaker(kind, line)
    for wrong in _instead_of(kind, heard, number, call, lines):
        yield Correction(number, What.NOT, wrong.value)
    if kind is not None:
        yield Correction(number, What.IS, kind.value)


def _instead_of(
    kind: SignalKind | None,
    heard: Signal | None,
    number: int,
    call: FinishedCall,
    lines: Sequence[Transcript],
) -> tuple[SignalKind, ...]:
    """The kinds a line is no longer: the signal that was named; of replies a line has one."""
    wrong = {heard.kind} if heard is not None else set()
    if kind in REPLIES:
        wrong |= {s.kind for s in _standing(call) if line_of(s, lines) == number} & REPLIES
    return tuple(sorted(wrong - {kind}))


def _signal(number: int, call: FinishedCall) -> Signal:
    signals = standing(e for e in call.events if isinstance(e, Signal))
    found = next((s for s in signals if s.id == number), None)
    if found is None:
        raise ConfigError(
            f"There is no signal {number} in this call. Without --signal and --line, correct lists "
            "lines and signals with their numbers."
        )
    return found


def kind_of(text: str) -> SignalKind:
    """The kind a user means: "thats_right", "that's right", "That’s-right".

    Raises:
        ConfigError: it is none that can be said of a line; the message lists them.
    """
    plain = clean(text).lower().replace("'", "").replace("’", "")
    name = plain.replace(" ", "_").replace("-", "_")
    found = next((k for k in _SAYABLE if k.value == name), None)
    if found is None:
        raise ConfigError(
            f"“{clean(text)}” is no kind of signal that a line can be. Theirs: "
            f"{', '.join(THEIRS)}. Mine: {', '.join(MINE)}."
        )
    return found


def _check_speaker(kind: SignalKind, line: Transcript) -> None:
    whose = Speaker.THEM if kind in THEIRS else Speaker.ME
    if line.speaker is not whose:
        raise ConfigError(
            f"It is spoken by {line.speaker.value}, and {kind.value} is said by {whose.value}. "
            f"Correct the speaker with --speaker {whose.value}, or name another kind."
        )


def _only(one: FinishedCall, other: FinishedCall) -> tuple[Signal, ...]:
    """The signals of one call that another does not have."""
    left = Counter(_same(s) for s in _standing(other))
    found = []
    for signal in _standing(one):
        if left[_same(signal)]:
            left[_same(signal)] -= 1
        else:
            found.append(signal)
    return tuple(found)


def _same(signal: Signal) -> tuple[object, ...]:
    return (signal.kind, signal.speaker, signal.start_s, signal.end_s)


def _standing(call: FinishedCall) -> tuple[Signal, ...]:
    return standing(e for e in call.events if isinstance(e, Signal))


# ---- told -----------------------------------------------------------------------------------


def told_change(call_id: int, change: Change) -> Iterator[str]:
    """What a correction changed, as lines."""
    yield f"Call {call_id} was derived anew from its corrected words.\n"
    rows = [("-", s) for s in change.gone] + [("+", s) for s in change.new]
    for mark, signal in sorted(rows, key=lambda row: (row[1].at_s, row[0] == "+")):
        yield (
            f"  {mark} {clock(signal.at_s):>7}  {signal.kind.value:<22} “{clean(signal.quote)}”\n"
        )
    if not rows:
        yield "  Its signals are the same.\n"
    before, after = change.before.summary.outcome, change.after.summary.outcome
    if before is not after:
        yield f"  Outcome: {OUTCOMES[before]} → {OUTCOMES[after]}\n"


def told_lines(call: FinishedCall, lines: Sequence[Transcript]) -> Iterator[str]:
    """Lines and signals with the numbers by which they are corrected."""
    by_line: dict[int | None, list[Signal]] = {}
    for signal in _standing(call):
        by_line.setdefault(line_of(signal, lines), []).append(signal)
    width = len(str(len(lines)))
    for number, line in enumerate(lines, 1):
        words = clean(line.text) or "(nothing was said)"
        yield f"{number:>{width}}  {clock(line.start_s):>7}  {line.speaker.value:<7}  {words}\n"
        for signal in by_line.get(number, ()):
            yield (
                f"{'':>{width}}           signal {signal.id}: {signal.kind.value} "
                f"({signal.confidence:.2f})\n"
            )


def told_corrections(corrections: Sequence[Correction]) -> Iterator[str]:
    """What was corrected, a line each."""
    if not corrections:
        yield "Nothing was corrected of this call.\n"
    for each in corrections:
        match each.what:
            case What.TEXT:
                words = f"“{clean(each.value)}”" if each.value else "nothing was said"
                yield f"{each.step:>3}  line {each.line}: {words}\n"
            case What.SPEAKER:
                yield f"{each.step:>3}  line {each.line}: said by {each.value}\n"
            case What.NOT:
                yield f"{each.step:>3}  line {each.line}: not {each.value}\n"
            case What.IS:
                yield f"{each.step:>3}  line {each.line}: {each.value}\n"


# ---- evaluate -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The user's judgements against the rules of today."""

    calls: int
    """Corrected calls."""
    judged: tuple[tuple[int, Judgement], ...]
    """Each with the id of its call."""

    @property
    def met(self) -> int:
        """How many the rules meet by themselves."""
        return sum(each.met for _, each in self.judged)


def evaluate(library: Library, book: PhraseBook) -> Evaluation:
    """Run the rules over the corrected words of all corrected calls.

    Raises:
        StoreError: the library cannot be read.
    """
    ids = library.corrected()
    judged = [
        (call_id, each)
        for call_id in ids
        for each in judgements(library.original(call_id), library.corrections(call_id), book)
    ]
    return Evaluation(len(ids), tuple(judged))


def told_evaluation(found: Evaluation) -> Iterator[str]:
    """How many are met, by kind, and those that are not."""
    if not found.judged:
        yield (
            "There is nothing to evaluate yet: no signal was judged. "
            "thatsright correct CALL --signal N --not says that one was wrong.\n"
        )
        return
    counts = _counts(found)
    for kind, (met, of) in counts.items():
        yield f"{kind:<22} {met} of {of}\n"
    missed = [(call_id, each) for call_id, each in found.judged if not each.met]
    if missed:
        yield "\nNot met:\n"
    for call_id, each in missed:
        word = "is" if each.wanted else "is not"
        yield (
            f"  call {call_id}, line {each.line}, {clock(each.at_s)}: {word} {each.kind.value}: "
            f"“{clean(each.text)}”\n"
        )
    yield (
        f"\n{found.met} of {len(found.judged)} judgements in {found.calls} corrected "
        f"call{'s' if found.calls != 1 else ''} are met by the rules of this version.\n"
    )


def evaluation_dict(found: Evaluation) -> dict[str, object]:
    """The same as plain JSON values."""
    return {
        "calls": found.calls,
        "judgements": len(found.judged),
        "met": found.met,
        "kinds": {
            kind: {"met": met, "judgements": of} for kind, (met, of) in _counts(found).items()
        },
        "each": [
            {
                "call": call_id,
                "line": each.line,
                "at_s": round(each.at_s, 3),
                "kind": each.kind.value,
                "wanted": each.wanted,
                "met": each.met,
                "text": each.text,
            }
            for call_id, each in found.judged
        ],
    }


def _counts(found: Evaluation) -> dict[str, tuple[int, int]]:
    """Met and all, by kind, in the order of the vocabulary."""
    counts: dict[str, tuple[int, int]] = {}
    for kind in SignalKind:
        each = [j for _, j in found.judged if j.kind is kind]
        if each:
            counts[kind.value] = (sum(j.met for j in each), len(each))
    return counts
