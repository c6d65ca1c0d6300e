"""A call in a process of its own, with a journal: tests kill it, fill its disk, interrupt it.

Arguments: data folder, turns, speed. Each event that was told is a line on stdout, as the journal
would have it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripted import info, session
from talk import spoken

from assistant.feeds import TranscriptFeed
from assistant.journal import Journal
from assistant.journal_lines import event_line
from assistant.model import Source
from assistant.recovery import file_away
from assistant.runtime import MAX_SPEED
from assistant.store import Library

TURNS = (
    "m: It sounds like you need the parts by May, or the whole line stands.",
    "t: That's right.",
    "m: So the price is not the trouble, the date is.",
    "t: Exactly. You're right.",
    "m: Would it be a bad idea to begin in April?",
    "t: No, that would be fine.",
)


def turns(count: int) -> list[str]:
    return [f"{TURNS[n % len(TURNS)]} {'again ' * (n // len(TURNS) % 3)}" for n in range(count)]


def main() -> None:
    data, count, speed = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    made = session(TranscriptFeed(spoken(*turns(count))), speed=speed or MAX_SPEED)
    journal = Journal.start(data, info(Source.LIVE))
    made.keep_with(journal)

    def tell(event: object) -> None:
        line = event_line(event)  # type: ignore[arg-type]
        if line is not None:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

    try:
        finished = made.run(tell)
    except KeyboardInterrupt:
        journal.close()
        sys.exit(130)
    assert finished is not None
    with Library.open(data) as library:
        file_away(data, library, finished, journal)


if __name__ == "__main__":
    main()
