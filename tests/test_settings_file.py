"""The settings file: changed value by value, everything else as the user wrote it."""

from __future__ import annotations

import stat
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import config, phrases
from assistant.desk_settings import set_one, settings
from assistant.errors import ConfigError, ThatsRightError
from assistant.kinds import PromptKind
from assistant.settings_file import changed

if TYPE_CHECKING:
    from pathlib import Path

MINE = """\
# My settings. Do not touch.
model = "base"  # the big one
language = "en"

# for the deal
terms = "deal.txt"
"""


def test_comments_order_and_other_values_stay() -> None:
    text = changed(MINE, "model", "tiny.en")
    assert text == MINE.replace('"base"', '"tiny.en"')
    assert changed(changed(MINE, "threads", 2), "threads", None).strip() == MINE.strip()
    assert "# My settings" in changed(MINE, "model", None)


@given(st.sampled_from(["model", "terms", "mic", "them"]), st.text(min_size=1))
def test_any_text_is_read_back_as_it_was_given(key: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return  # half a character cannot stand in a file
    after = tomllib.loads(changed(MINE, key, value))
    assert after[key] == value
    assert after["language"] == "en"


def test_what_does_not_fit_leaves_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / config.FILE
    file.write_text(MINE)
    for key, value in (
        ("language", "klingon"),
        ("threads", "65"),
        ("pacing", "hectic"),
        ("look", "pink"),
        ("terms", str(tmp_path / "missing.txt")),
        ("phrases", str(tmp_path / "missing.toml")),
    ):
        with pytest.raises(ThatsRightError):
            set_one(key, value, tmp_path)
    assert file.read_text() == MINE
    assert [path.name for path in tmp_path.iterdir()] == [config.FILE]


def test_a_broken_file_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / config.FILE
    file.write_text("model = [1,")
    with pytest.raises(ConfigError, match="not valid TOML"):
        set_one("pacing", "calm", tmp_path)
    assert file.read_text() == "model = [1,"


def test_each_value_a_screen_writes_is_one_the_program_reads(tmp_path: Path) -> None:
    for key, value in (
        ("pacing", "calm"),
        ("look", "light"),
        ("threads", "3"),
        ("own_phrases", "off"),
        ("prompt-mirror", "off"),
        ("prompt-label", "off"),
        ("prompt-label", "on"),
        ("mic", "Headset"),
    ):
        set_one(key, value, tmp_path)
    read = config.load({}, tmp_path)
    assert read == config.Settings(
        threads=3,
        own_phrases=False,
        leave_out=(PromptKind.MIRROR,),
        pacing="calm",
        mic="Headset",
        look="light",
    )
    shown = {each.key: each for each in settings(tmp_path, {})}
    assert shown["prompt-mirror"].value == "off"
    assert shown["threads"].value == "3"
    assert shown["own_phrases"].value == "off"
    assert shown["mic"].value in {choice.value for choice in shown["mic"].choices}
    set_one("mic", "", tmp_path)
    assert config.load({}, tmp_path).mic is None


def test_what_stands_above_the_file_and_what_is_wrong_in_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text('language = "klingon"\nmodel = "base"\n')
    shown = {each.key: each for each in settings(tmp_path, {"THATSRIGHT_MODEL": "tiny.en"})}
    assert shown["model"].overridden == "THATSRIGHT_MODEL is “tiny.en”"
    assert shown["model"].from_file
    assert shown["language"].problem.startswith("That does not fit.")
    assert not shown["terms"].from_file
    assert shown["terms"].problem == ""


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX")
def test_the_file_is_private_and_a_link_stays_one(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.write_text(MINE)
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / config.FILE).symlink_to(kept)
    set_one("pacing", "quick", folder)
    assert (folder / config.FILE).is_symlink()
    assert 'pacing = "quick"' in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_pace_and_kinds_left_out_reach_the_phrase_book() -> None:
    book = phrases.load()
    assert phrases.paced(book, config.PACES["normal"], ()) is book
    calm = phrases.paced(book, 24.0, (PromptKind.LABEL,))
    assert calm.limits.pace_s == 24.0
    assert {w.kind for w in book.wordings} - {w.kind for w in calm.wordings} == {PromptKind.LABEL}
