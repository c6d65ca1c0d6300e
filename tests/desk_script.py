"""A scripted desk for the tests of Home: calls in memory, nothing behind them."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from review_script import Kept

from assistant.desk import wanted
from assistant.errors import ConfigError, StoreError, ThatsRightError
from assistant.model import Outcome, Source
from assistant.stored import StoredCall
from tui.desk import (
    Check,
    Choice,
    CutOff,
    Level,
    Preview,
    Ready,
    Setting,
    Shelf,
    Sureness,
    Undecided,
    Voice,
    Wish,
)
from tui.home import HomeApp
from tui.screens.page import Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from textual.pilot import Pilot
    from tui_script import ScriptedSession

    from assistant.model import Consent
    from assistant.stored import CallChange
    from tui.desk import Find

BEGAN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
TITLES = ("Delivery dates", "Rent review", "Licence renewal", "Salary")


def call(number: int, **more: object) -> StoredCall:
    made = StoredCall(
        id=number,
        started_at=BEGAN - timedelta(days=number),
        duration_s=60.0 * number,
        title=TITLES[number % 4],
        path=f"calls/{number}.ogg",
        source=Source.AUDIO,
        model="base",
        outcome=list(Outcome)[number % 4],
        talk_share_me=0.4,
        utterances=20,
        thats_right=1,
        youre_right=0,
        counterpart="Anna Keller" if number % 3 == 0 else "",
        tags=("supplier",) if number % 4 == 0 else (),
    )
    return replace(made, **more)


def setting(key: str, **more: object) -> Setting:
    return replace(Setting(key, key.capitalize(), "", "none", f"About {key}"), **more)


SETTINGS = (
    setting(
        "mic",
        label="Microphone",
        default="the one used last",
        choices=(Choice("", "the one used last (default)"), Choice("Headset", "Headset")),
    ),
    setting("language", default="en"),
    setting("terms", overridden="THATSRIGHT_TERMS is “deal.txt”"),
    setting(
        "look",
        label="Colours",
        choices=(Choice("", "as the terminal"), Choice("light", "light"), Choice("dark", "dark")),
    ),
)

CHECKS = (
    Check("Microphone", Sureness.GOOD, "Headset."),
    Check("The other side", Sureness.WARNING, "What the computer plays cannot be heard."),
    Check(
        "Speech model", Sureness.BAD, "There is none. Install one: pip install thatsright[model]"
    ),
)


class ScriptedEar:
    def __init__(self) -> None:
        self.closed = False
        self.reads = 0
        self._never = threading.Event()

    def read(self) -> tuple[Level, ...]:
        self.reads += 1
        self._never.wait(0.05)  # as a real one takes its time
        return (
            Level("Headset", loopback=False, default=True, share=0.6, words="-24 dB"),
            Level("Speakers", loopback=True, default=False, share=None, words="nothing comes"),
        )

    def close(self) -> None:
        self.closed = True


@dataclass
class ScriptedDesk:
    """Remembers what it was asked for."""

    shelf: dict[int, StoredCall] = field(default_factory=dict)
    left: list[CutOff] = field(default_factory=list)
    first_time: bool = False
    look: str = "dark"
    trouble: str = ""
    settings_file: str = "~/.config/thatsright/settings.toml"
    place: Path = Path("samples")
    values: dict[str, str] = field(default_factory=dict)
    deleted: list[int] = field(default_factory=list)
    failing: str = ""
    """What everything fails with; empty while nothing does."""
    session: ScriptedSession | None = None
    me: str | None = None
    known: Consent | None = None
    """What was answered about consent before."""
    wish: Wish | None = None
    """How the call that was started last was wanted."""
    closed: int = 0
    ear: ScriptedEar = field(default_factory=ScriptedEar)
    reviews: Kept = field(default_factory=Kept)
    voices: tuple[Voice, Voice] | None = None
    """Of a file that is replayed; None where who speaks is known."""
    mine: list[int | None] = field(default_factory=list)
    """What was answered about them."""
    preview_of: dict[str, Preview] = field(default_factory=dict)

    def _may_fail(self) -> None:
        if self.failing:
            raise StoreError(self.failing)

    def calls(self, find: Find) -> Shelf:
        self._may_fail()
        everything = sorted(self.shelf.values(), key=lambda c: c.started_at, reverse=True)
        found = [c for c in everything if find.words.lower() in c.title.lower()]
        if find.words:
            found = [replace(c, snippet=f"about {c.title}", snippet_at_s=12.0) for c in found]
        found = [c for c in found if wanted(c, find)]
        return Shelf(
            tuple(found[: find.limit]),
            len(everything),
            tuple(sorted({c.counterpart for c in everything if c.counterpart})),
            tuple(sorted({t for c in everything for t in c.tags})),
        )

    def cut_off(self) -> tuple[CutOff, ...]:
        return tuple(self.left)

    def keep_cut_off(self, name: str) -> int:
        self._may_fail()
        self.left = [each for each in self.left if each.id != name]
        self.shelf[99] = call(99, title="Brought back")
        return 99

    def delete_cut_off(self, name: str) -> None:
        self.left = [each for each in self.left if each.id != name]

    def change(self, call_id: int, to: CallChange) -> None:
        self._may_fail()
        given = {"title": to.title, "counterpart": to.counterpart, "tags": to.tags}
        kept = {name: value for name, value in given.items() if value is not None}
        self.shelf[call_id] = replace(self.shelf[call_id], **kept)

    def delete(self, call_id: int) -> None:
        self._may_fail()
        self.deleted.append(call_id)
        del self.shelf[call_id]

    def preview(self, path: Path) -> Preview:
        known = self.preview_of.get(path.name)
        return known or Preview(path, "Two channels", 181.0, 988_000, ("left", "right"))

    def replay(
        self, path: Path, me: str | None, progress: Callable[[float], None]
    ) -> Ready | Undecided:
        del path
        self.me = me
        if self.voices is None:
            return self.live(Wish())
        progress(100.0)

        def answered(mine: int | None) -> Ready:
            self.mine.append(mine)
            return self.live(Wish())

        return Undecided(self.voices, answered)

    def consent(self) -> Consent | None:
        return self.known

    def live(self, wish: Wish) -> Ready:
        self._may_fail()
        self.wish = wish
        assert self.session is not None
        return Ready(self.session, lambda _: "7", "words kept", self._close)

    def _close(self) -> None:
        self.closed += 1

    def settings(self) -> tuple[Setting, ...]:
        return tuple(
            replace(s, value=self.values.get(s.key, s.value), from_file=s.key in self.values)
            for s in SETTINGS
        )

    def set(self, key: str, value: str) -> None:
        if key == "language" and len(value) > 3:
            raise ConfigError("That does not fit. Give a language's code.")
        self._may_fail()
        self.values[key] = value

    def listen(self) -> ScriptedEar:
        if self.failing:
            raise ThatsRightError(self.failing)
        return self.ear

    def folder(self) -> Path:
        return self.place

    def checks(self) -> Iterator[Check]:
        yield from CHECKS

    def welcomed(self) -> None:
        self.first_time = False


def full(count: int = 12) -> ScriptedDesk:
    return ScriptedDesk({number: call(number) for number in range(1, count + 1)})


@asynccontextmanager
async def at_home(
    desk: ScriptedDesk, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[HomeApp, Pilot[None]]]:
    app = HomeApp(desk)
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        yield app, pilot


async def settled(app: HomeApp, pilot: Pilot[None]) -> None:
    """All work that ends by itself has ended, and the screen shows it."""
    await pilot.pause()
    while ending := [
        w for w in app.workers if isinstance(w.node, Page | HomeApp) and w.group != "listen"
    ]:
        await app.workers.wait_for_complete(ending)
        await pilot.pause()


async def press(app: HomeApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(app, pilot)
