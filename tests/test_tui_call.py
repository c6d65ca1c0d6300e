"""The screen beside a call, driven by keys."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Footer
from textual.worker import WorkerFailed
from tui_script import (
    FIRST_HALF,
    INFO,
    NASTY,
    SECOND_HALF,
    SUMMARY,
    THEM,
    WARNING,
    Hold,
    ScriptedSession,
    driven,
    footer,
    half_played,
    long_call,
    playing,
    said,
    shown,
    standing,
    with_text,
)

from assistant.errors import CallFileError, StoreError
from assistant.model import CallStarted, CallWarning, PromptUsed, Source, SummaryReady, Transcript
from assistant.runtime import MAX_SPEED
from tui.theme import DARK, LIGHT, fitting
from tui.widgets.transcript import TranscriptPane

if TYPE_CHECKING:
    from assistant.model import FinishedCall


@driven
async def test_one_look_tells_are_we_understood_what_was_that_what_do_i_say() -> None:
    async with playing(half_played()) as (app, _):
        screen = shown(app)
        assert "It seems like there's something about the penalties that I missed." in screen
        assert "They ended the subject. They did not agree." in screen
        assert "●━━◇┄┄○ Wishy-washy" in screen
        assert "◇ You're right" in screen
        assert "Me 47" in screen
        assert "53 Them" in screen
        assert "0:47 / 2:31" in screen
        assert "They are speaking" in screen


@driven
async def test_partials_give_way_to_what_was_said() -> None:
    partial = Transcript(THEM, 1.0, 2.0, "Well I am not", final=False)
    final = Transcript(THEM, 1.0, 3.0, "Well, I'm not sure.")
    session = ScriptedSession((CallStarted(INFO), partial, Hold(1.5), final, Hold(3.0)))
    async with playing(session) as (app, pilot):
        assert "Well I am not …" in shown(app)
        session.playback.resume()
        await standing(session, app, pilot)
        assert "Well I am not" not in shown(app)
        assert "Well, I'm not sure." in shown(app)


@driven
async def test_a_prompt_goes_when_its_time_is_over() -> None:
    session = ScriptedSession((*FIRST_HALF, Hold(59.9), Hold(60.1)))
    async with playing(session) as (app, pilot):
        assert "something about the penalties" in shown(app)
        session.playback.resume()
        await standing(session, app, pilot)
        assert "something about the penalties" not in shown(app)
        assert "Something is still missing." in shown(app)


@driven
async def test_a_prompt_that_was_said_gives_way_to_silence() -> None:
    session = ScriptedSession((*FIRST_HALF, PromptUsed(1, 50.0), Hold(51.0)))
    async with playing(session) as (app, _):
        assert "Said. Now let them answer." in shown(app)
        assert "They ended the subject" not in shown(app)


@driven
async def test_space_pauses_and_resumes() -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        assert "Paused" in shown(app)
        assert "space Resume" in footer(app)
        await pilot.press("minus", "space")
        await pilot.pause()
        assert not session.playback.paused
        assert "Replay 0.5x" in shown(app)
        assert "space Pause" in footer(app)
        await pilot.press("space")
        await pilot.pause()
        assert session.playback.paused
        assert "Paused" in shown(app)


@driven
@pytest.mark.parametrize("key", ["full_stop"])
async def test_step_plays_to_the_next_thing_said(key: str) -> None:
    session = ScriptedSession((*FIRST_HALF, Hold(47.0), *SECOND_HALF))
    async with playing(session) as (app, pilot):
        await pilot.press(key)
        await standing(session, app, pilot)
        assert session.playback.paused
        assert "It is not the money" in shown(app)
        assert "It sounds like a late truck" not in shown(app)
        await pilot.press(key)
        await standing(session, app, pilot)
        assert "It sounds like a late truck" in shown(app)
        assert "That's right. That's" not in shown(app)


@driven
async def test_speed_goes_up_and_down_within_its_bounds() -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        seen = []
        for key in ["plus"] * 6 + ["minus"] * 7:
            await pilot.press(key)
            seen.append(session.playback.speed)
        assert seen == [1.5, 2, 4, 8, MAX_SPEED, MAX_SPEED, 8, 4, 2, 1.5, 1, 0.5, 0.5]
        await pilot.pause()
        assert "0.5x" in shown(app)


@driven
async def test_every_key_stands_in_the_footer() -> None:
    async with playing(half_played()) as (app, pilot):
        keys = ("space Resume", "←→ 10 s", "[] Signal", "m Mark", "n Note", "w Why", "? Keys")
        for words in (*keys, "q Quit"):
            assert words in footer(app)
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        for words in ("space Resume", "w Why", "? Keys", "q Quit"):
            assert words in footer(app)
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        for words in (*keys, ". Step", "-+ Speed", "s Swap", "o Mute", "↑↓ Scroll", "q Quit"):
            assert words in footer(app)


@driven
async def test_keys_that_are_no_more_are_let_go() -> None:
    async with playing(half_played()) as (app, pilot):
        for _ in range(20):
            await pilot.press("w", "escape")
            await pilot.pause()
        keys = app.screen.query_one(Footer)
        watching = getattr(keys, "__watchers")["compact"]
        assert len(watching) <= len(keys.query("FooterKey"))


@driven
async def test_a_live_call_has_no_replay_keys() -> None:
    live = replace(INFO, source=Source.LIVE, duration_s=None)
    session = ScriptedSession((CallStarted(live), Hold(3.0, 1.0)), info=live)
    async with playing(session) as (app, pilot):
        session.playback.resume()
        await pilot.press("space", "full_stop", "plus")
        assert (session.playback.paused, session.playback.speed) == (False, 1.0)
        assert "● Live" in shown(app)
        assert "Speed" not in footer(app)


def live_call() -> ScriptedSession:
    live = replace(INFO, source=Source.LIVE, duration_s=None)
    far = CallWarning("This never comes.", 9999.0)
    return ScriptedSession((CallStarted(live), *FIRST_HALF[1:], Hold(99.0, 1.0), far), live)


@driven
@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_hanging_up_a_live_call_saves_it_and_shows_the_summary(key: str) -> None:
    session = live_call()
    kept: list[FinishedCall] = []
    async with playing(session, lambda call: kept.append(call) or "7") as (app, pilot):
        session.playback.resume()
        await pilot.press(key)
        await standing(session, app, pilot)
        assert SUMMARY.headline in shown(app)
        assert "■ Ended" in shown(app)
        assert not session.playback.stopped
        await pilot.press("q")
    assert len(kept) == 1
    assert (app.return_code, app.interrupted) == (0, False)


@driven
async def test_a_live_call_told_to_end_by_a_signal_is_saved_and_left() -> None:
    session = live_call()
    kept: list[FinishedCall] = []
    async with playing(session, lambda call: kept.append(call) or "7") as (app, _pilot):
        session.playback.resume()
        app._told_to_end()
        worker = app._call.worker
        assert worker is not None
        await app.workers.wait_for_complete([worker])
    assert len(kept) == 1
    assert app.return_code == 0


@driven
async def test_quitting_in_the_middle_stops_the_work_and_keeps_nothing() -> None:
    session = half_played()
    kept: list[FinishedCall] = []
    async with playing(session, lambda call: kept.append(call) or "7") as (app, pilot):
        await pilot.press("q")
    assert session.playback.stopped
    assert session.returned
    assert kept == []
    assert (app.return_value, app.return_code, app.interrupted) == (None, 0, False)


@driven
async def test_ctrl_c_quits_and_says_so() -> None:
    session = half_played()
    async with playing(session) as (app, pilot):
        await pilot.press("ctrl+c")
    assert session.returned
    assert (app.return_value, app.return_code, app.interrupted) == (None, 130, True)


@driven
async def test_at_the_end_the_summary_and_where_it_was_saved() -> None:
    async with playing(ScriptedSession((*FIRST_HALF, *SECOND_HALF))) as (app, pilot):
        screen = shown(app)
        assert "▲ Working together" in screen
        assert SUMMARY.headline in screen
        assert SUMMARY.practise in screen
        assert "Me 43 : 57 them" in screen
        for moment in SUMMARY.moments:
            assert moment.quote in screen
            assert moment.note in screen
        assert "Saved in the library as 7." in screen
        await pilot.press("t")
        await pilot.pause()
        assert "What if we take half on the ninth" in shown(app)
        assert SUMMARY.headline not in shown(app)
        await pilot.press("t", "q")
    assert app.return_value is not None
    assert app.return_value.summary == SUMMARY
    assert app.return_code == 0


@driven
async def test_not_saving_is_said() -> None:
    async with playing(ScriptedSession((*FIRST_HALF, *SECOND_HALF)), lambda _: None) as (app, _):
        assert "Not saved." in shown(app)


@driven
async def test_when_saving_fails_the_summary_stays_and_the_sentence_is_there() -> None:
    def full(_: FinishedCall) -> str:
        raise StoreError("The disk is full. Free some space and replay the call again.")

    async with playing(ScriptedSession((*FIRST_HALF, *SECOND_HALF)), full) as (app, pilot):
        assert "! The disk is full. Free some space and replay the call again." in shown(app)
        assert SUMMARY.headline in shown(app)
        await pilot.press("q")
    assert isinstance(app.failure, StoreError)
    assert app.return_value is not None
    assert app.return_code == 1


@driven
async def test_a_call_that_cannot_be_played_is_a_sentence() -> None:
    error = CallFileError("calls/delivery.ogg is empty. Choose another file.")
    session = ScriptedSession(FIRST_HALF, error=error)
    async with playing(session) as (app, pilot):
        assert "calls/delivery.ogg is empty. Choose another file." in shown(app)
        assert "something about the penalties" not in shown(app)
        await pilot.press("q")
    assert app.failure is error
    assert (app.return_value, app.return_code) == (None, 1)


@driven
async def test_a_defect_of_ours_ends_the_program_without_telling_the_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    session = ScriptedSession((CallStarted(INFO), *said(THEM, 0.0, 1.0, "Secret words.")))
    session.error = RuntimeError("defect")  # not one of the errors a user can do something about
    with pytest.raises(WorkerFailed):
        async with playing(session):
            pass
    told = capsys.readouterr().err
    assert "RuntimeError: defect" in told
    assert "Secret" not in told


@driven
@pytest.mark.parametrize(
    ("model", "words"), [("base", "Loading the speech model …"), (None, "Opening the call …")]
)
async def test_before_the_first_event_it_waits_calmly(model: str | None, words: str) -> None:
    info = replace(INFO, model=model)
    async with playing(ScriptedSession((Hold(0.0, 1.0),), info=info)) as (app, _):
        assert words in shown(app)
        assert "No signal yet" not in shown(app)


@driven
@pytest.mark.parametrize(
    ("text", "size"),
    [*((text, (80, 24)) for text in NASTY), (NASTY[0], (40, 12)), (NASTY[1], (160, 50))],
)
async def test_text_of_a_call_is_only_text(text: str, size: tuple[int, int]) -> None:
    summary = replace(
        SUMMARY,
        headline=text,
        practise=text,
        moments=tuple(replace(m, quote=text, i_said=text, note=text) for m in SUMMARY.moments),
        subjects=tuple(replace(s, subject=text) for s in SUMMARY.subjects),
    )
    info = replace(INFO, title=text, path=text)
    script = (*with_text(text), Hold(2.0), SummaryReady(summary))
    session = ScriptedSession(script, info=info, summary=summary)
    async with playing(session, lambda _: text, size=size) as (app, pilot):
        pictures = [shown(app)]
        session.playback.resume()
        await standing(session, app, pilot)
        pictures.append(shown(app))
        await pilot.press("t")
        await pilot.pause()
        pictures.append(shown(app))
    for picture in pictures:
        kinds = {unicodedata.category(char) for char in picture if char != "\n"}
        assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        if text.startswith("["):
            assert "[red]x[/red]" in picture
        else:
            assert "ab" in picture or "a b" in picture


@driven
async def test_an_error_message_is_only_text() -> None:
    error = CallFileError("[red]x[/red] \x1b[31mcannot be read.")
    async with playing(ScriptedSession((), error=error)) as (app, _):
        assert "[red]x[/red] cannot be read." in shown(app)


@driven
async def test_scrolling_stays_where_the_user_is_until_end() -> None:
    more = said(THEM, 400.0, 401.0, "Something new.")
    session = ScriptedSession((*long_call(100), Hold(300.0), *more, Hold(402.0)))
    async with playing(session) as (app, pilot):
        pane = app.screen.query_one(TranscriptPane)
        assert "Line 99." in shown(app)
        await pilot.press("up", "up", "pageup")
        await pilot.pause()
        top = pane.scroll_offset.y
        assert "Line 99." not in shown(app)
        session.playback.resume()
        await standing(session, app, pilot)
        assert pane.scroll_offset.y == top
        assert "Something new." not in shown(app)
        await pilot.press("end")
        await pilot.pause()
        assert "Something new." in shown(app)
        assert pane.follow


@driven
async def test_the_mouse_wheel_scrolls_the_transcript() -> None:
    session = ScriptedSession((*long_call(100), Hold(300.0)))
    async with playing(session) as (app, pilot):
        pane = app.screen.query_one(TranscriptPane)
        end = pane.scroll_offset.y
        for _ in range(3):
            pane.post_message(events.MouseScrollUp(pane, 1, 1, 0, -1, 0, *[False] * 3))
        await pilot.pause()
        assert pane.scroll_offset.y < end
        assert not pane.follow


@driven
async def test_resizing_keeps_the_newest_line_or_the_line_being_read() -> None:
    words = "Words that fill more than one line on a narrow screen and less on a wide one. "
    lines = [e for i in range(60) for e in said(THEM, i, i + 0.5, f"Line {i}. " + words * (i % 3))]
    session = ScriptedSession((CallStarted(INFO), *lines, Hold(300.0)))
    async with playing(session) as (app, pilot):
        for size in ((160, 50), (62, 20), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "Line 59." in shown(app), size
        await pilot.press("home", "pagedown", "pagedown")
        await pilot.pause()
        pane = app.screen.query_one(TranscriptPane)
        before = pane._sheet.entry_at(pane.scroll_offset.y)
        await pilot.resize_terminal(62, 30)
        await pilot.pause()
        assert pane._sheet.entry_at(pane.scroll_offset.y) == before
        assert not pane.follow


@driven
async def test_a_small_pane_has_the_prompt_the_gauge_the_share_and_the_time() -> None:
    async with playing(half_played(), size=(40, 12)) as (app, pilot):
        screen = shown(app)
        for words in ("It seems like", "Wishy-washy", "◇ You're right", "Me 47", "0:47 / 2:31"):
            assert words in screen
        assert "Thanks for making the time" not in screen
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        assert "Thanks for making the time" in shown(app)
        assert app.screen.query_one(Footer).compact is False


@driven
@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_a_warning_stands_beside_the_prompt(size: tuple[int, int]) -> None:
    warning = replace(WARNING, at_s=46.0)
    session = ScriptedSession((*FIRST_HALF, warning, Hold(47.0)))
    async with playing(session, size=size) as (app, _):
        assert "! Both channels carry the same sound," in shown(app)
        assert "It seems like there's something" in shown(app)


@driven
async def test_a_worker_that_outruns_the_screen_waits_and_nothing_is_lost() -> None:
    session = ScriptedSession((*long_call(3000), Hold(9000.0)))
    async with playing(session) as (app, _):
        pane = app.screen.query_one(TranscriptPane)
        assert len(pane._log.entries) == 3000
        assert "Line 2999." in shown(app)


@driven
async def test_tiny_and_huge_terminals_do_not_break_it() -> None:
    async with playing(half_played()) as (app, pilot):
        for size in ((1, 1), (10, 3), (20, 60), (300, 5), (300, 100)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert len(shown(app).splitlines()) == size[1]


def test_the_theme_fits_the_terminal_where_it_tells() -> None:
    assert fitting({}) is DARK
    assert fitting({"COLORFGBG": "15;0"}) is DARK
    assert fitting({"COLORFGBG": "0;15"}) is LIGHT
    assert fitting({"COLORFGBG": "0;default;7"}) is LIGHT
