"""Take the picture of the screen that README.md shows (python docs/make_screen.py).

Plays a sample's transcript and stops the moment after a "that's right".
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from assistant.config import Settings
from assistant.playing import Calls, Replay, ReplayOptions
from tui.app import CallApp

HERE = Path(__file__).parent
SIZE = (100, 32)
STOP_AT_S = 117.0


async def picture(sample: Path) -> str:
    options = ReplayOptions(me=None, speed=24.0, words=False, save=False, model=None)
    session = Replay(Settings(), options)._session(Calls.files([sample])[0])  # noqa: SLF001 - the picture needs the session inside the replay
    app = CallApp(session, lambda _call: None)
    async with app.run_test(size=SIZE) as pilot:
        while session.playback.position_s < STOP_AT_S:  # noqa: ASYNC110 - the playback knows no events
            await asyncio.sleep(0.02)
        session.playback.set_speed(1.0)
        await asyncio.sleep(0.5)  # the clock on the screen is looked at four times a second
        text = app.export_screenshot()
        await pilot.press("q")
    # The picture asks no other server for its font.
    return re.sub(r"@font-face \{.*?\}\s*", "", text, flags=re.DOTALL)


if __name__ == "__main__":
    svg = asyncio.run(picture(HERE.parent / "samples" / "delivery_date.jsonl"))
    (HERE / "screen.svg").write_text(svg, "utf-8")
    sys.stdout.write("docs/screen.svg\n")
