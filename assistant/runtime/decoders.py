"""Threads that turn sound into words, so that nobody has to wait for them.

What ends an utterance comes first, in the order in which it was asked; a guess at what is being
said is taken up only when nothing else waits and one thread stays free, and the one that waits is
replaced by a newer one. A question that was withdrawn before anybody took it costs nothing.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from assistant.asr import Recogniser
    from assistant.model import Transcript
    from audio.apart import Piece
    from audio.prosody import Prosody
    from audio.types import Speaker, Utterance

    Measure = Callable[[Utterance], Prosody | None]
    Place = Callable[[Utterance], tuple[Piece, ...]]

THREADS: Final = 2
"""One a leg."""

TOGETHER: Final = 24
"""At most so many utterances are handed to the recogniser at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was said in an utterance."""

    utterance: Utterance
    said: Transcript | None
    guess: bool
    """True for a guess at what is still being said."""
    prosody: Prosody | None = None
    """How it was said, where that was measured."""
    error: BaseException | None = None
    """The recogniser failed."""
    pieces: tuple[Piece, ...] = ()
    """Whose voice it sounds like, where one leg carries two."""


class Decoders:
    """Answers come through `tell`, from other threads."""

    def __init__(
        self,
        recogniser: Recogniser,
        tell: Callable[[Answer], None],
        measure: Measure = lambda _: None,
        threads: int = THREADS,
        place: Place | None = None,
    ) -> None:
        """`measure` says how an utterance was said; asked of those with words.

        With one thread nothing is guessed. `place` says whose voice it sounds like, in a thread of
        its own while it is decoded.
        """
        self._count = threads
        self._place = place
        self._places = ThreadPoolExecutor(1, "voices") if place is not None else None
        self._recogniser = recogniser
        self._measure = measure
        self._tell = tell
        self._changed = threading.Condition()
        self._waiting: deque[Utterance] = deque()
        self._guess: Utterance | None = None
        self._busy = 0
        self._taken: dict[tuple[Speaker, int], Utterance] = {}
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"decoder {n + 1}", daemon=True)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def recogniser(self) -> Recogniser:
        """Who is asked."""
        return self._recogniser

    def use(self, recogniser: Recogniser) -> None:
        """Ask another one from now on."""
        with self._changed:
            self._recogniser = recogniser

    def ask(self, utterance: Utterance) -> None:
        """What was said in it? Always answered, unless withdrawn."""
        with self._changed:
            self._waiting.append(utterance)
            self._changed.notify()

    def guess(self, utterance: Utterance) -> None:
        """What may be said in it, if there is time; instead of an older one that waits."""
        with self._changed:
            self._guess = utterance
            self._changed.notify()

    def drop_guess(self) -> bool:
        """A guess that waits is not wanted any more; False when none waits."""
        with self._changed:
            waited, self._guess = self._guess is not None, None
            return waited

    def withdraw(self, speaker: Speaker, number: int) -> bool:
        """Nobody wants that answer any more; False when it is being worked on, or was given."""
        with self._changed:
            for utterance in self._waiting:
                if (utterance.speaker, utterance.number) == (speaker, number):
                    self._waiting.remove(utterance)
                    return True
            return False

    def waiting_since(self) -> int | None:
        """The first sample of the silence that ended the oldest unanswered utterance."""
        with self._changed:
            ends = [u.end_sample for u in (*self._taken.values(), *self._waiting)]
            return min(ends, default=None)

    def close(self) -> None:
        """Finish what is being worked on, leave the rest."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._guess = None
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        if self._places is not None:
            self._places.shutdown(cancel_futures=True)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (some := self._next()) and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                recogniser = self._recogniser
            utterances, guess = some or ((), False)
            try:
                placed = self._placed(() if guess else utterances)
                if guess:
                    answers = [recogniser.guess(utterances[0])]
                else:
                    answers = recogniser.recognise(utterances)
                if len(answers) != len(utterances):
                    raise ValueError(f"{len(answers)} answers to {len(utterances)} questions")  # noqa: TRY301 - told like any other
                how = [
                    None if guess or said is None else self._measure(utterance)
                    for utterance, said in zip(utterances, answers, strict=True)
                ]
                where = [future.result() for future in placed] or [()] * len(utterances)
            except BaseException as error:  # noqa: BLE001 - handed to the thread that can tell the user
                self._tell(Answer(utterances[0], None, guess, error=error))
                return
            finally:
                self._done(utterances)
            for utterance, said, prosody, pieces in zip(
                utterances, answers, how, where, strict=True
            ):
                self._tell(Answer(utterance, said, guess, prosody, pieces=pieces))

    def _placed(self, utterances: tuple[Utterance, ...]) -> list[Future[tuple[Piece, ...]]]:
        """Whose voice each sounds like, to be asked for later; nothing when nobody asks."""
        if self._places is None or self._place is None:
            return []
        return [self._places.submit(self._place, utterance) for utterance in utterances]

    def _next(self) -> tuple[tuple[Utterance, ...], bool] | None:
        """What to do now; the lock is held."""
        if self._waiting:
            count = min(TOGETHER, -(-len(self._waiting) // self._count))
            some = tuple(self._waiting.popleft() for _ in range(count))
            self._taken |= {(u.speaker, u.number): u for u in some}
            self._busy += 1
            return some, False
        if self._guess is not None and self._busy + 1 < self._count:
            some, self._guess = (self._guess,), None
            self._busy += 1
            return some, True
        return None

    def _done(self, utterances: tuple[Utterance, ...]) -> None:
        with self._changed:
            for utterance in utterances:
                self._taken.pop((utterance.speaker, utterance.number), None)
            self._busy -= 1
            self._changed.notify()
