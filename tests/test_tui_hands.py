"""What the user does with keys and the mouse reaches the session, the screen and the library."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from test_notes import SAID
from textual.geometry import Offset
from textual.widgets import Input
from tui_script import (
    FIRST_HALF,
    INFO,
    SECOND_HALF,
    SIZES,
    Hold,
    ScriptedSession,
    driven,
    footer,
    half_played,
    playing,
    said,
    shown,
    standing,
)

from assistant.feeds import TranscriptFeed
from assistant.model import (
    CallStarted,
    CallWarning,
    Note,
    Prompt,
    PromptDeclined,
    PromptsMuted,
    PromptUsed,
    Source,
    Speaker,
)
from assistant.phrases import load as load_phrases
from assistant.runtime import CallSession, LegState, Playback, Recognisers
from assistant.store import Library
from tui.app import CallApp
from tui.transport import Transport
from tui.widgets.strip import TimeStrip

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.model import Event, FinishedCall

SAY = "It seems like there's something about"


def live_call(
    *events: Event, legs: tuple[LegState, ...] = (), one_microphone: bool = False
) -> ScriptedSession:
    """A live call that stands at 0:47 and goes on for ever."""
    info = replace(INFO, source=Source.LIVE, duration_s=None)
    far = CallWarning("This never comes.", 9999.0)
    script = (CallStarted(info), *FIRST_HALF[1:], *events, Hold(47.0, 1.0), far)
    return ScriptedSession(script, info, legs=legs, one_microphone=one_microphone)


@driven
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("key", "event", "words"),
    [
        ("u", PromptUsed(1, 47.0), "Said. Now let them answer."),
        ("x", PromptDeclined(1, 47.0), "Dismissed."),
        ("l", PromptDeclined(1, 47.0, less=True), "Less of that kind from now on."),
        ("o", PromptsMuted(on=True, at_s=47.0), "No prompts until you press o again."),
    ],
)
async def test_a_prompt_is_answered_by_a_key(
    size: tuple[int, int], key: str, event: Event, words: str
) -> None:
    session = half_played()
    async with playing(session, size=size) as (app, pilot):
        assert SAY in shown(app)
        await pilot.press(key)
        await pilot.pause()
        assert session.by_hands == [event]
        assert words in shown(app)
        assert "They ended the subject" not in shown(app)
        await pilot.press("u", "x", "l")
        assert session.by_hands == [event]  # there is no prompt to answer any more


@driven
@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("u Used", PromptUsed(1, 47.0)),
        ("x Dismiss", PromptDeclined(1, 47.0)),
        ("l Less", PromptDeclined(1, 47.0, less=True)),
    ],
)
async def test_a_prompt_is_answered_by_a_click(word: str, event: Event) -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        rows = shown(app).splitlines()
        y = next(i for i, row in enumerate(rows) if word in row)
        await pilot.click(offset=Offset(rows[y].index(word) + 1, y))
        await pilot.pause()
        assert session.by_hands == [event]


@driven
async def test_prompts_come_again_after_muting() -> None:
    session = half_played()
    async with playing(session, size=(160, 50)) as (app, pilot):
        await pilot.press("o")
        await pilot.pause()
        assert "o Unmute" in footer(app)
        await pilot.press("o")
        await pilot.pause()
        assert [e.on for e in session.by_hands] == [True, False]
        assert "o Mute" in footer(app)
        assert "No prompts until" not in shown(app)


@driven
@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_pinned_prompt_stays_in_sight(size: tuple[int, int]) -> None:
    rest = (*SECOND_HALF[:2], Hold(61.0), *SECOND_HALF[2:])
    session = ScriptedSession((*FIRST_HALF, Hold(47.0, 1.0), *rest))
    async with playing(session, size=size) as (app, pilot):
        await pilot.press("p")
        await pilot.pause()
        assert "pinned" in shown(app)
        session.playback.resume()
        session.playback.skip_to(61.0)
        await standing(session, app, pilot)
        assert "They ended the subject" not in shown(app)  # its time is over
        assert f"▎ {SAY}" in shown(app)
        await pilot.press("p")
        await pilot.pause()
        assert SAY not in shown(app)


@driven
async def test_a_mark_and_a_note_stand_in_the_transcript_and_on_the_strip() -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        await pilot.press("m")
        await pilot.pause()
        assert "Marked." in shown(app)
        await pilot.press("n")
        await pilot.pause()
        await pilot.press(*"quote [b]", "enter")
        await pilot.pause()
        assert session.by_hands == [Note(47.0), Note(47.0, "quote [b]")]
        assert "✎ quote [b]" in shown(app)
        assert app.focused is None
        await pilot.press("space")  # a key of the screen again
        await pilot.pause()
        assert not session.playback.paused


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_a_note_is_left_with_escape_and_keys_are_letters_while_it_is_written(
    size: tuple[int, int],
) -> None:
    session = half_played()
    async with playing(session, size=size) as (app, pilot):
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("q", "u", "w", "space", "m")
        assert app.screen.query_one("#note", Input).value == "quw m"
        assert "quw m" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert session.by_hands == []
        assert session.playback.paused
        assert app.focused is None
        assert "q Quit" in footer(app)


@driven
async def test_a_note_belongs_to_the_moment_it_was_begun() -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        await pilot.press("n")
        session.playback.resume()
        session.playback.skip_to(60.0)
        session.playback.pause()
        await pilot.pause()
        app.screen._poll()
        await pilot.press(*"late", "enter")
        await pilot.pause()
        assert session.by_hands == [Note(47.0, "late")]


@driven
async def test_notes_of_a_replay_are_not_lost_without_a_question() -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        await pilot.press("m")
        await pilot.pause()
        await pilot.press("q")
        await pilot.pause()
        assert "Your notes are kept when the replay comes to its end." in shown(app)
        await pilot.press("enter")  # what keeps things as they are has the focus
        await pilot.pause()
        assert not session.playback.stopped
        await pilot.press("q")
        await pilot.pause()
        await pilot.press("y")
        await standing_end(session, app)
    assert session.playback.stopped
    assert app.return_code == 0


async def standing_end(session: ScriptedSession, app: CallApp) -> None:
    worker = app._call.worker
    assert worker is not None
    await app.workers.wait_for_complete([worker])
    assert session.returned


@driven
async def test_sides_are_swapped_and_a_live_call_goes_off_the_record() -> None:
    session = live_call()
    async with playing(session, size=(160, 50)) as (app, pilot):
        await pilot.press("s")
        assert session.swapped == 1
        assert "space Off record" in footer(app)
        await pilot.press("space")
        app.screen._poll()
        await pilot.pause()
        assert session.off_record
        assert "‖ Off the record" in shown(app)
        assert "space On record" in footer(app)
        await pilot.press("space")
        app.screen._poll()
        await pilot.pause()
        assert not session.off_record
        assert "● Live" in shown(app)


@driven
async def test_with_one_microphone_a_key_says_that_it_is_me_who_speaks() -> None:
    session = live_call(one_microphone=True)
    async with playing(session, size=(160, 50)) as (app, pilot):
        assert "i I speak" in footer(app)
        await pilot.press("i")
        app.screen._poll()
        await pilot.pause()
        assert session.claimed
        assert "● Live  you speak" in shown(app)
        assert "i Not me" in footer(app)
        session.claimed = False  # the utterance has ended
        app.screen._poll()
        await pilot.pause()
        assert "you speak" not in shown(app)
        assert "i I speak" in footer(app)
        await pilot.press("i", "i")
        assert not session.claimed


@driven
async def test_with_a_leg_a_side_there_is_no_such_key() -> None:
    session = live_call()
    async with playing(session, size=(160, 50)) as (app, pilot):
        assert "I speak" not in footer(app)
        await pilot.press("i")
        assert not session.claimed


@driven
async def test_a_live_call_shows_its_legs_and_what_is_kept() -> None:
    legs = (LegState(Speaker.ME, -12.0, 0.0), LegState(Speaker.THEM, -90.0, 31.0))
    session = live_call(legs=legs)
    app = CallApp(session, lambda _: "7", keeps="words kept, no sound")
    async with app.run_test(size=(160, 50)) as pilot:
        await standing(session, app, pilot)
        screen = shown(app)
        assert "Me ▮▮▮▮▯" in screen
        assert "Them ▯▯▯▯▯ ▼ nothing comes 0:31" in screen
        session.legs = (replace(legs[0], peak_db=-0.1), replace(legs[1], silent_s=0.0))
        app.screen._poll()
        await pilot.pause()
        assert "▲ too loud" in shown(app)
        assert "words kept, no sound" in shown(app)
        for size in ((80, 24), (40, 12)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "words kept" in shown(app), size


@driven
async def test_my_stretch_and_pace_are_told_when_they_matter() -> None:
    words = "word " * 80
    script = (
        CallStarted(INFO),
        *said(Speaker.ME, 0.0, 20.0, words.strip()),
        *said(Speaker.ME, 20.5, 50.0, words.strip()),
        Hold(50.0, 1.0),
    )
    async with playing(ScriptedSession(script)) as (app, pilot):
        assert "▼ My turn 0:50" in shown(app)
        assert "▲ 195/min" in shown(app)
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        assert "▼ I hold the floor 0:50  ▲ fast, 195 words/min" in shown(app)


@driven
async def test_copying_takes_the_prompt_then_the_last_words() -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        await pilot.press("c")
        assert app.clipboard.startswith(SAY)
        await pilot.press("x", "c")
        await pilot.pause()
        assert app.clipboard == "you're right"


# ---- where a replay is ----------------------------------------------------------------------


def whole(hold_s: float = 140.0) -> ScriptedSession:
    """Stands near its end."""
    return ScriptedSession((*FIRST_HALF, *SECOND_HALF[:-1], Hold(hold_s, 1.0), SECOND_HALF[-1]))


@driven
async def test_going_back_shows_the_screen_as_it_was_and_goes_on_to_the_front() -> None:
    session = whole()
    async with playing(session, size=(160, 50)) as (app, pilot):
        assert "What if we take half" in shown(app)
        await pilot.press("left_square_bracket")
        await pilot.pause()
        assert "◄ heard before" in shown(app)
        assert "1:28 / 2:31" in shown(app)  # four seconds before the words of the offer
        assert "What if we take half" not in shown(app)
        assert "◆ That's right" in shown(app)
        await pilot.press(*["left_square_bracket"] * 3)
        await pilot.pause()
        assert "0:36 / 2:31" in shown(app)
        assert SAY not in shown(app)
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "0:58 / 2:31" in shown(app)
        await pilot.press(*["right"] * 9)
        await pilot.pause()
        assert "What if we take half" in shown(app)
        assert session.by_hands == []


@driven
async def test_seeking_ahead_hurries_there_and_stands_where_it_was_told() -> None:
    session = ScriptedSession((*FIRST_HALF, Hold(47.0, 1.0), *SECOND_HALF[:-1], Hold(130.0)))
    async with playing(session) as (app, pilot):
        await pilot.press("right")
        app.screen._poll()
        await pilot.pause()
        assert session.playback.paused
        assert 47.0 <= app.screen.transport.front_s <= 57.0
        await pilot.press(*["right"] * 9)
        await standing(session, app, pilot)
        assert "What if we take half" in shown(app)


def test_jumps_add_up_while_the_call_hurries() -> None:
    playback = Playback(1.0)
    playback.pause()
    playback.begin()
    transport = Transport(playback)
    for _ in range(3):
        transport.seek(transport.aim_s + 10.0)
    assert playback.wait_until(30.0)  # hurries past, though it is paused
    assert transport.position_s == transport.aim_s == 30.0
    transport.seek(transport.aim_s - 10.0)
    assert transport.looking_back
    assert transport.aim_s == 20.0


@driven
async def test_a_click_on_the_strip_goes_there() -> None:
    session = whole()
    async with playing(session) as (app, pilot):
        strip = app.screen.query_one(TimeStrip)
        x = 1 + int(strip.content_size.width * 44.5 / 151.0)
        await pilot.click(strip, offset=Offset(x + 2, 1))
        await pilot.pause()
        assert "0:4" in shown(app).splitlines()[0]
        assert SAY in shown(app)
        assert "It is not the money" not in shown(app)


@driven
async def test_at_the_last_signal_there_is_no_other() -> None:
    async with playing(whole()) as (app, pilot):
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "There is no signal heard yet after this moment." in shown(app)


class Heard:
    """Notes what it is asked to play."""

    def __init__(self) -> None:
        self.trouble = ""
        self.asked: list[float | None] = []

    def play(self, from_s: float, to_s: float | None = None) -> None:
        del to_s
        self.asked.append(round(from_s))

    def stop(self) -> None:
        self.asked.append(None)


@driven
async def test_the_recording_sounds_where_the_screen_is_while_it_plays_at_its_own_speed() -> None:
    session, sound = whole(), Heard()
    app = CallApp(session, lambda _: "7", sound=sound)
    async with app.run_test(size=(80, 24)) as pilot:
        await standing(session, app, pilot)
        assert sound.asked == []
        await pilot.press("left_square_bracket", "space")
        await pilot.pause()
        assert sound.asked == [88]
        await pilot.press("plus")
        await pilot.pause()
        assert sound.asked == [88, None]
        await pilot.press("minus", "left")
        await pilot.pause()
        on, back = sound.asked[2:]
        assert on >= 88  # as late as this machine is slow
        assert back < on
        await pilot.press("space")
        await pilot.pause()
        assert sound.asked[4:] == [None]


@driven
async def test_why_there_is_no_sound_is_said_once() -> None:
    session, sound = half_played(), Heard()
    sound.trouble = "No output device was found."
    app = CallApp(session, lambda _: "7", sound=sound)
    async with app.run_test(size=(80, 24)) as pilot:
        await standing(session, app, pilot)
        assert "! No output device was found." in shown(app)


# ---- a real session and a real library ------------------------------------------------------


@driven
async def test_keys_of_a_real_call_reach_the_library(tmp_path: Path) -> None:
    info = replace(INFO, source=Source.TRANSCRIPT, duration_s=60.0, model=None)
    session = CallSession(info, TranscriptFeed(SAID), Recognisers(lambda: None), load_phrases("en"))
    session.playback.pause()
    session.playback.skip_to(7.0)
    prompted = threading.Event()

    def save(call: FinishedCall) -> str:
        with Library.open(tmp_path) as library:
            return str(library.save(call))

    app = CallApp(session, save)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(400):
            await pilot.pause(0.01)
            if app.screen.view.prompt is not None:
                prompted.set()
                break
        assert prompted.is_set()
        await pilot.press("u", "m", "n", *"hold", "enter", "s")
        await pilot.press(*["plus"] * 6, "space")
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert app.return_value is None or app.return_value.summary.prompts_used == 1
    with Library.open(tmp_path) as library:
        events = library.load(library.resolve("last")).events
    used = next(e for e in events if isinstance(e, PromptUsed))
    assert used.prompt == next(e for e in events if isinstance(e, Prompt)).id
    assert [e.text for e in events if isinstance(e, Note)] == ["", "hold"]
    assert any(isinstance(e, CallWarning) and "Sides swapped" in e.message for e in events)
