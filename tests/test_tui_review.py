"""The review of a finished call, driven by keys and the mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from review_script import BETTER, CALL, EARLIER, Heard, Kept, done, reviewing
from textual.geometry import Offset
from tui_script import INFO, NASTY, SIZES, SUMMARY, driven, footer, shown, with_text

from assistant.errors import CallNotFoundError, StoreError
from assistant.model import FinishedCall, Note
from assistant.reviewing import compared, free_path
from tui.reviewing import beside, entries_with, entry_at, reviewed
from tui.widgets.reading import ReadingPane
from tui.widgets.strip import TimeStrip

if TYPE_CHECKING:
    from pathlib import Path


@driven
async def test_one_page_has_outcome_moments_and_the_calls_before() -> None:
    async with reviewing(Kept(), size=(160, 50)) as (app, _):
        screen = shown(app)
        assert "▲ Working together" in screen
        assert SUMMARY.headline in screen
        assert "I said        “So the penalty clause covers you if we slip.”" in screen
        assert "They said     “Yeah, no, you're right.”" in screen
        assert "They went on  “It is not the money.”" in screen
        assert "Better        “It seems like something" in screen
        assert "Beside the calls before it with Ms Iyer" in screen
        assert "◇ Wishy-washy       me  61%" in screen
        assert "Thanks for making the time" in screen  # the transcript beside it
        assert "t Transcript" not in footer(app)


@driven
@pytest.mark.parametrize("size", SIZES[:2])
async def test_every_moment_is_reached_and_read_in_the_transcript(size: tuple[int, int]) -> None:
    async with reviewing(Kept(), size=size) as (app, pilot):
        for at in ("0:44", "1:20", "1:41"):
            assert f"{at} / 2:31" in shown(app).splitlines()[0]
            await pilot.press("right")
            await pilot.pause()
        await pilot.press("left", "enter")
        await pilot.pause()
        assert "1:20 / 2:31" in shown(app).splitlines()[0]
        assert "That's right. That's exactly it." in shown(app)
        assert SUMMARY.headline not in shown(app)
        await pilot.press("t")
        await pilot.pause()
        assert "A real one" in shown(app) or "That's right" in shown(app)


@driven
async def test_signals_are_stepped_through_and_explained() -> None:
    async with reviewing(Kept()) as (app, pilot):
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "1:17 / 2:31" in shown(app)
        await pilot.press("w")
        await pilot.pause()
        assert "Why           ▸ Label" in shown(app)
        await pilot.press("right")
        await pilot.pause()
        assert "Why           ◆ That's right" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "Why   " not in shown(app)
        await pilot.press(*["right_square_bracket"] * 3)
        await pilot.pause()
        assert "There is no signal after this moment." in shown(app)


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_words_are_found_as_they_are_typed(size: tuple[int, int]) -> None:
    async with reviewing(Kept(), size=size) as (app, pilot):
        await pilot.press("slash", *"TRUCK")
        await pilot.pause()
        pane = app.screen.query_one(ReadingPane)
        assert "2 of 2" in shown(app)  # from the moment looked at on
        assert "late truck" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "1 of 2" in shown(app)
        await pilot.press("up")
        await pilot.pause()
        assert "2 of 2" in shown(app)
        found = pane.get_component_rich_style("line--found", partial=True).bgcolor
        strips = [pane.render_line(y) for y in range(pane.size.height)]
        marked = [s.text for row in strips for s in row if s.style and s.style.bgcolor == found]
        assert "truck" in marked
        await pilot.press(*"s of gold")
        await pilot.pause()
        assert "That was not said in this call." in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.focused is None
        assert "not said" not in shown(app)
        await pilot.press("q")
    assert app.return_code == 0


@driven
async def test_a_note_is_kept_and_stands_where_it_belongs() -> None:
    kept = Kept()
    async with reviewing(kept) as (app, pilot):
        await pilot.press("n", *"ask again", "enter")
        await done(app, pilot)
        assert kept.call.events[-1] == Note(44.0, "ask again")
        assert "Noted at 0:44." in shown(app)
        await pilot.press("t")
        await pilot.pause()
        rows = shown(app).splitlines()
        note = next(i for i, row in enumerate(rows) if "✎ ask again" in row)
        before = next(i for i, row in enumerate(rows) if "I guess it does" in row)
        after = next(i for i, row in enumerate(rows) if "It is not the money" in row)
        assert before < note < after
        await pilot.press("n", *"no", "escape")
        await pilot.pause()
        assert kept.call.events[-1] == Note(44.0, "ask again")


@driven
async def test_reports_are_written_from_here() -> None:
    kept = Kept()
    async with reviewing(kept) as (app, pilot):
        await pilot.press("e")
        await done(app, pilot)
        assert "Written to delivery.html." in shown(app)
        await pilot.press("E")
        await done(app, pilot)
        assert kept.exported == ["html", "json"]


@driven
async def test_what_goes_wrong_is_a_sentence_and_the_call_stays() -> None:
    kept = Kept()
    async with reviewing(kept) as (app, pilot):
        kept.error = StoreError("The disk is full. Free some space.")
        for keys in (("e",), ("n", "x", "enter")):
            await pilot.press(*keys)
            await done(app, pilot)
            assert "! The disk is full. Free some space." in shown(app)
            assert SUMMARY.headline in shown(app)


@driven
async def test_a_call_that_is_not_there_is_a_sentence() -> None:
    kept = Kept(error=CallNotFoundError("There is no call 7. thatsright calls lists them."))
    async with reviewing(kept) as (app, pilot):
        assert "! There is no call 7. thatsright calls lists them." in shown(app)
        await pilot.press("w", "n", "e", "slash", "right", "t", "up")  # nothing to do it to
        await pilot.pause()
        assert "There is no call 7" in shown(app)
        await pilot.press("q")
    assert app.return_code == 0


@driven
async def test_a_quote_is_heard_when_there_is_sound() -> None:
    heard = Heard()
    async with reviewing(Kept(sound=heard)) as (app, pilot):
        assert "space Play" in footer(app)
        await pilot.press("space")
        await pilot.pause()
        assert heard.played == [(39.0, 45.0)]
        assert "Playing 0:39 to 0:45." in shown(app)
        heard.trouble = "No output device was found."
        app.screen._heard()
        await pilot.pause()
        assert "! No output device was found." in shown(app)
        await pilot.press("q")
    assert heard.stopped == 1


@driven
async def test_without_sound_there_is_no_such_key() -> None:
    async with reviewing(Kept()) as (app, pilot):
        assert "Play" not in footer(app)
        await pilot.press("space")
        await pilot.pause()
        assert "Playing" not in shown(app)


@driven
async def test_the_mouse_goes_to_moments_and_to_places_on_the_strip() -> None:
    async with reviewing(Kept(), size=(160, 50)) as (app, pilot):
        rows = shown(app).splitlines()
        y = next(i for i, row in enumerate(rows) if "1:41  ▲ Their offer" in row)
        await pilot.click(offset=Offset(rows[y].index("Their offer"), y))
        await pilot.pause()
        assert "1:41 / 2:31" in shown(app)
        strip = app.screen.query_one(TimeStrip)
        await pilot.click(strip, offset=Offset(2 + strip.content_size.width // 2, 1))
        await pilot.pause()
        assert "1:15 / 2:31" in shown(app)


@driven
async def test_copying_takes_the_words_of_the_moment() -> None:
    async with reviewing(Kept()) as (app, pilot):
        await pilot.press("c")
        assert app.clipboard == "Yeah, no, you're right."


@driven
@pytest.mark.parametrize("text", NASTY[:2])
async def test_text_of_a_call_is_only_text(text: str) -> None:
    summary = replace(
        BETTER,
        headline=text,
        practise=text,
        moments=tuple(
            replace(m, quote=text, i_said=text, note=text, better=text) for m in BETTER.moments
        ),
    )
    info = replace(INFO, title=text)
    events = tuple(e for e in with_text(text) if not hasattr(e, "final") or e.final)
    before = tuple(replace(c, counterpart=text, title=text) for c in EARLIER)
    kept = Kept(FinishedCall(info, events, summary), before=before)
    async with reviewing(kept, size=(160, 50)) as (app, pilot):
        await pilot.press("slash", *"x", "escape")
        await pilot.pause()
        assert not {"\x1b", "\x9b"} & set(shown(app))
        assert ("[red]x[/red]" in shown(app)) is text.startswith("[")


@driven
@pytest.mark.parametrize("size", [(1, 1), (20, 5), (300, 100)])
async def test_any_size_will_do(size: tuple[int, int]) -> None:
    async with reviewing(Kept()) as (app, pilot):
        await pilot.resize_terminal(*size)
        await pilot.press("t", "w", "right", "slash", "x", "escape", "escape")
        await pilot.pause()
        assert len(shown(app).splitlines()) == size[1]


# ---- the pure part ------------------------------------------------------------------------------


def test_a_signal_that_was_revised_is_not_stepped_to() -> None:
    ids = [signal.id for signal in reviewed(CALL).signals]
    assert ids == [1, 2, 3, 4, 5]
    assert beside(reviewed(CALL).signals, 44.0, 1).id == 3
    assert beside(reviewed(CALL).signals, 44.0, -1).id == 1
    assert beside(reviewed(CALL).signals, 200.0, 1) is None


def test_words_and_moments_are_found_in_the_transcript() -> None:
    log = reviewed(CALL).log
    assert entries_with(log, "  ") == ()
    assert [log.entries[i].heard.start_s for i in entries_with(log, "LATE,")] == [5.5]
    assert log.entries[entry_at(log, 41.0)].heard.start_s == 40.0
    assert entry_at(log, 0.0) == 0


def test_a_call_is_compared_with_those_before_it_with_the_same_counterpart() -> None:
    other = replace(EARLIER[1], id=5, counterpart="Somebody")
    later = replace(EARLIER[0], id=9, started_at=EARLIER[0].started_at.replace(month=6))
    calls = (later, *EARLIER, other)
    assert [call.id for call in compared(calls, 7)] == [7, 3, 2]
    alone = replace(EARLIER[0], counterpart="")
    assert [call.id for call in compared((alone, *EARLIER[1:], other), 7)] == [7, 5, 3, 2]
    assert compared(calls, 99) == ()


def test_a_report_replaces_nothing(tmp_path: Path) -> None:
    first = free_path(tmp_path, "a/b: c", "md")
    assert first == tmp_path / "a_b_ c.md"
    first.write_text("mine", "utf-8")
    assert free_path(tmp_path, "a/b: c", "md") == tmp_path / "a_b_ c 2.md"
    assert free_path(tmp_path, "", "md").name == "call.md"
