"""The commands as users' scripts know them; what goes wrong is in test_bad_input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from command import line, write_talk
from typer.testing import CliRunner

from assistant import cli, commanding, commands, models
from assistant.models import Listed
from assistant.store import Library
from tui.app import CallApp

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path / "home"))
    for setting in ("MODEL", "LANGUAGE", "THREADS"):
        monkeypatch.delenv(f"THATSRIGHT_{setting}", raising=False)
    return tmp_path / "home"


def run(*arguments: str | Path, typed: str = "") -> Result:
    result = CliRunner().invoke(commands.app, [str(a) for a in arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def events(result: Result) -> list[dict[str, object]]:
    return [json.loads(each) for each in result.stdout.splitlines()]


def saved(home: Path) -> list[int]:
    with Library.open(home / "data") as library:
        return [call.id for call in library.calls()]


# ---- replay ----------------------------------------------------------------------------------


def test_replay_prints_events_and_keeps_the_call(home: Path, talk: Path) -> None:
    result = run("replay", talk)
    assert (result.exit_code, result.stderr) == (0, "")
    found = events(result)
    assert found[0] == {
        "type": "call",
        "call": str(talk),
        "duration_s": 7.0,
        "source": "transcript",
        "model": None,
    }
    assert [e["text"] for e in found if e["type"] == "transcript"][1] == "That's right."
    assert [e["kind"] for e in found if e["type"] == "signal"][-1] == "thats_right"
    assert found[-1]["type"] == "summary"
    assert saved(home) == [1]


def test_the_order_of_several_calls_is_kept_and_each_is_saved(home: Path, tmp_path: Path) -> None:
    paths = [write_talk(tmp_path / f"{name}.jsonl") for name in "abc"]
    found = events(run("replay", "--json", *paths))
    assert [e["call"] for e in found if e["type"] == "call"] == [str(p) for p in paths]
    assert saved(home) == [3, 2, 1]


def test_no_save_leaves_the_library_alone(home: Path, talk: Path) -> None:
    assert run("replay", "--no-save", talk).exit_code == 0
    assert not home.exists()


def test_a_call_in_which_nobody_speaks_is_not_kept(home: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.jsonl"
    silent.write_text(line("me", 1, 2, "\u200b"))
    result = run("replay", silent)
    assert result.exit_code == 1
    assert "holds no words" in result.stderr
    assert saved(home) == []


def test_speed_changes_when_but_not_what(tmp_path: Path) -> None:
    quick = tmp_path / "quick.jsonl"
    mine = line("me", 0.1, 0.2, "It seems you need it by May.")
    quick.write_text(mine + line("them", 0.3, 0.4, "Yes."))
    outputs = {run("replay", "--no-save", "--speed", s, quick).stdout for s in ("4", "1e3", "MAX")}
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("replay",), ("--me-file and --them-file",)),
        (("replay", "a.wav", "--me-file", "b.wav"), ("belong together",)),
        (("replay", "--them-file", "b.wav"), ("belong together",)),
        (("replay", "a.wav", "--me-file", "b", "--them-file", "c"), ("either CALL",)),
        (("replay", "a.wav", "--speed", "0"), ("'0' is no speed", "or max")),
        (("replay", "a.wav", "--speed", "-1"), ("no speed",)),
        (("replay", "a.wav", "--speed", "nan"), ("no speed",)),
        (("replay", "a.wav", "--speed", "inf"), ("no speed",)),
        (("replay", "a.wav", "--speed", ""), ("no speed",)),
        (("replay", "a.wav", "--speed", "1001"), ("no speed",)),
        (("replay", "a.wav", "--speed", "\x1b[31mfast"), (r"\x1b", "no speed")),
        (("replay", "a.wav", "--sped", "1"), ("--sped",)),
        (("report",), ("call",)),
        (("report", "1", "2"), ("2",)),
        (("report", "1", "--format", "pdf"), ("pdf", "md")),
        (("delete",), ("call",)),
        (("calls", "--limit", "0"), ("--limit",)),
        (("sing",), ("sing",)),
    ],
)
def test_wrong_usage(home: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert not [word for word in words if word not in result.stderr], result.stderr
    assert "\x1b" not in result.stderr
    assert not home.exists()


@pytest.mark.parametrize("speed", ["0.000001", "1000", "max", "1.5"])
def test_speeds_that_are_fine(speed: str) -> None:
    result = run("replay", "missing.jsonl", "--speed", speed)
    assert result.exit_code == 1
    assert "There is no file missing.jsonl" in result.stderr


def test_settings_are_asked_before_anything_else(home: Path, talk: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text("threads = 'many'")
    result = run("replay", talk)
    assert result.exit_code == 2
    assert "settings.toml" in result.stderr
    assert result.stdout == ""


def test_names_in_a_transcript(tmp_path: Path) -> None:
    path = tmp_path / "zoom.vtt"
    path.write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: hi\n\n00:03.000 --> 00:04.000\nBo: yes\n"
    )
    asked = run("replay", path, "--no-save")
    assert asked.exit_code == 1
    assert "“Ann”, “Bo”" in asked.stderr
    assert "--me Ann" in asked.stderr
    told = events(run("replay", path, "--no-save", "--me", "bo"))
    assert [e["speaker"] for e in told if e["type"] == "transcript"] == ["them", "me"]


def test_on_the_screen_a_bad_call_does_not_keep_the_next_away(
    home: Path,
    talk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown: list[str] = []

    def show(screen: CallApp) -> None:
        shown.append(screen._played.session.info.title)

    monkeypatch.setattr(CallApp, "run", show)
    options = commands.ReplayOptions(None, 1.0, words=False, save=True, model=None)
    player = commands.Replay(commands.config.load(), options)
    status = player.on_screen(commands.Calls.files([talk, tmp_path / "no.srt", talk]))
    assert (status, shown) == (1, ["talk", "talk"])
    assert "There is no file" in capsys.readouterr().err
    assert saved(home) == []


# ---- the library -----------------------------------------------------------------------------


def test_calls_lists_the_newest_first_and_finds_words(tmp_path: Path) -> None:
    assert "No calls yet" in run("calls").stdout
    run("replay", write_talk(tmp_path / "first.jsonl", "Exactly, the harbour."))
    run("replay", write_talk(tmp_path / "second.jsonl"))
    listed = [json.loads(each) for each in run("calls", "--json").stdout.splitlines()]
    assert {"id", "started_at", "duration_s", "title"} <= set(listed[0])
    assert {each["title"] for each in listed} == {"first", "second"}
    (hit,) = [json.loads(each) for each in run("calls", "HARBOUR", "--json").stdout.splitlines()]
    assert hit["title"] == "first"
    assert "harbour" in hit["snippet"]
    table = run("calls", "harbour").stdout
    assert "first" in table
    assert "0:06  " in table
    assert "No call has these words" in run("calls", "nowhere").stdout
    assert "No call has these words" in run("calls", '"', "*", "NEAR(").stdout
    assert len(run("calls", "--limit", "1", "--json").stdout.splitlines()) == 1


def test_report_goes_to_the_screen_or_a_file(talk: Path, tmp_path: Path) -> None:
    run("replay", talk)
    markdown = run("report", "last").stdout
    assert markdown.startswith("# talk\n")
    assert json.loads(run("report", "1", "--format", "json").stdout)["call"]["title"] == "talk"
    target = tmp_path / "report.md"
    result = run("report", "last", "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_text() == markdown
    bad = run("report", "last", "-o", tmp_path / "no" / "report.md")
    assert bad.exit_code == 1
    assert "does not exist" in bad.stderr


@pytest.mark.parametrize("command", ["report", "delete"])
@pytest.mark.parametrize("name", ["last", "1", "0", "-", "first", "9" * 30, "१"])
def test_a_call_that_is_not_there(command: str, name: str) -> None:
    result = run(command, name)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("thatsright: ")
    assert "thatsright calls" in result.stderr or "thatsright replay" in result.stderr


def test_delete_removes_one_call(home: Path, talk: Path) -> None:
    run("replay", talk, talk)
    result = run("delete", "1")
    assert (result.exit_code, result.stdout) == (0, "Deleted call 1.\n")
    assert saved(home) == [2]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is there to answer."""
    monkeypatch.setattr(commanding, "is_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    "answer", [("y\n", 0, []), ("n\n", 0, [1]), ("\n", 0, [1]), ("", 130, [1])]
)
def test_at_a_terminal_delete_asks(
    home: Path, talk: Path, answer: tuple[str, int, list[int]]
) -> None:
    typed, status, left = answer
    run("replay", talk)

    result = run("delete", "last", typed=typed)
    assert result.exit_code == status
    assert "Delete call 1, “talk”, for good?" in result.stdout
    assert ("Nothing was deleted." in result.output) is bool(left)
    assert saved(home) == left
    assert run("delete", "last", "--yes").exit_code == (0 if left else 1)


# ---- models, help ----------------------------------------------------------------------------


def test_models_with_a_damaged_one_fails_and_still_lists_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = Listed("tiny.en", "package", tmp_path, "verified")
    bad = Listed("base", "package", None, "damaged: model.bin", damaged=True)
    monkeypatch.setattr(models, "listing", lambda: iter((bad, good)))
    result = run("models")
    assert result.exit_code == 1
    assert "damaged: model.bin" in result.stdout
    assert str(tmp_path) in result.stdout
    monkeypatch.setattr(models, "listing", lambda: iter((good,)))
    assert run("models").exit_code == 0


def test_help_names_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in ("replay", "calls", "report", "delete", "models"):
        assert f"\n  {command}" in result.stdout
        assert run(command, "-h").exit_code == 0


def test_the_entry_point_ends_with_the_status_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["thatsright", "report", "7"])
    monkeypatch.setattr(cli, "_heed_signals", lambda: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "no call 7" in capsys.readouterr().err


def test_without_a_terminal_home_is_the_help() -> None:
    nothing_asked = run()
    plain = run("--plain")
    assert nothing_asked.exit_code == 2
    assert plain.exit_code == 0
    for result in (nothing_asked, plain):
        assert "everything in one" in result.stdout
        assert "replay" in result.stdout
        assert "\x1b" not in result.stdout
