"""The commands: the composition root. Everything is put together here and nowhere else."""

# ruff: noqa: FBT002, PLR0913, PLR0917, TC003 - typer makes an option of each parameter, and reads
# the annotations at run time

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from assistant import config, models, recovery
from assistant.device_table import show_devices
from assistant.enrolling import enroll_file, enroll_microphone
from assistant.enrolment import forget as forget_voice
from assistant.errors import ThatsRightError
from assistant.listing import calls_table, json_lines, models_table
from assistant.live import NONE, Live, LiveOptions
from assistant.offering import ALL, Answer, offer
from assistant.offering import recover as recover_calls
from assistant.parts import own_book
from assistant.paths import data_folder
from assistant.playing import Calls, Replay, ReplayOptions
from assistant.report import report as make_report
from assistant.report import write_report
from assistant.safetext import clean
from assistant.store import Library
from assistant.streams import give_up_stdout
from assistant.swapping import swapped

app = typer.Typer(
    name="thatsright",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Hears the difference between “that's right” and “you're right”. Nothing leaves this "
    "machine.",
)

INTERRUPTED: Final = 130


class Format(StrEnum):
    """What a report can be."""

    MD = "md"
    JSON = "json"


def _speed(text: str | None) -> float | None:
    if text is None:
        return None
    if text.strip().lower() == "max":
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1000:  # noqa: PLR2004 - faster than any machine
        raise typer.BadParameter(
            f"{text!r} is no speed. Give a number above 0, such as 1.5, or max."
        )
    return value


@app.command()
def replay(
    calls: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Audio, video, or a transcript (.jsonl, .vtt, .srt).", show_default=False
        ),
    ] = None,
    me: Annotated[
        str | None,
        typer.Option(
            help="Your side of a two-channel file, left or right; with both sides on one channel "
            "first, second, more or less, by who speaks so; your name in a transcript."
        ),
    ] = None,
    me_file: Annotated[Path | None, typer.Option(help="Your side as a file of its own.")] = None,
    them_file: Annotated[Path | None, typer.Option(help="The other side's file.")] = None,
    speed: Annotated[
        str | None,
        typer.Option(
            help="1, any factor, or max. [default: 1 on the screen, max with --json]",
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print events, one JSON object a line.")
    ] = False,
    words: Annotated[
        bool, typer.Option("--words", help="With --json: every word with its time.")
    ] = False,
    no_save: Annotated[bool, typer.Option("--no-save", help="Leave the library alone.")] = False,
    model: Annotated[
        str | None, typer.Option(help="Speech model: a folder, or a name such as base or tiny.en.")
    ] = None,
    terms: Annotated[
        str | None,
        typer.Option(help="A file with names and terms of this deal, one a line: heard better."),
    ] = None,
) -> None:
    """Play recorded calls through the engine, on the screen or as events."""
    if bool(me_file) != bool(them_file):
        raise typer.BadParameter("--me-file and --them-file belong together.")
    if not calls and not me_file:
        raise typer.BadParameter(
            "Name a recording or transcript, or give --me-file and --them-file."
        )
    if calls and me_file:
        raise typer.BadParameter("Give either CALL, or --me-file and --them-file.")
    on_screen = not json and sys.stdout.isatty() and sys.stdin.isatty()
    options = ReplayOptions(
        me=me,
        speed=_speed(speed) or (1.0 if on_screen else math.inf),
        words=words,
        save=not no_save,
        model=model,
        terms=terms,
    )
    with _told("Stopped. Nothing of this call was saved; the recording is as it was."):
        player = Replay(config.load(), options)
        if not no_save:
            _offer()
        chosen = (
            Calls.legs(me_file, them_file) if me_file and them_file else Calls.files(calls or [])
        )
        status = player.on_screen(chosen) if on_screen else player.as_events(chosen)
    raise typer.Exit(status)


@app.command()
def live(
    mic: Annotated[
        str | None,
        typer.Option(
            help="Your microphone: part of its name, its number, or default. "
            "[default: what was named last]",
            show_default=False,
        ),
    ] = None,
    them: Annotated[
        str | None,
        typer.Option(
            help="What the computer plays, where the other side is heard: likewise; none for a "
            "microphone alone. [default: what was named last]",
            show_default=False,
        ),
    ] = None,
    one_mic: Annotated[
        bool,
        typer.Option("--one-mic", help="One microphone hears both sides: the same as --them none."),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print events, one JSON object a line.")
    ] = False,
    words: Annotated[
        bool, typer.Option("--words", help="With --json: every word with its time.")
    ] = False,
    no_save: Annotated[bool, typer.Option("--no-save", help="Leave the library alone.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the sound of both sides with the call, as FLAC.")
    ] = False,
    model: Annotated[
        str | None, typer.Option(help="Speech model: a folder, or a name such as base or tiny.en.")
    ] = None,
    terms: Annotated[
        str | None,
        typer.Option(help="A file with names and terms of this deal, one a line: heard better."),
    ] = None,
) -> None:
    """Run beside a phone or video call, until q or Ctrl-C."""
    on_screen = not json and sys.stdout.isatty() and sys.stdin.isatty()
    if record and no_save:
        raise typer.BadParameter("--record keeps the sound with the saved call: without --no-save.")
    if one_mic and them is not None:
        raise typer.BadParameter("--one-mic hears no other device: leave --them out.")
    options = LiveOptions(
        mic,
        NONE if one_mic else them,
        words=words,
        save=not no_save,
        model=model,
        terms=terms,
        record=record,
    )
    with _told("Stopped before the call was done: thatsright recover brings it back."):
        beside = Live(config.load(), options)
        if not no_save:
            _offer()
        status = beside.on_screen() if on_screen else beside.as_events()
    raise typer.Exit(status)


@app.command()
def devices(
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List microphones and what the computer plays, and how loud each is right now."""
    with _told():
        show_devices(as_json=json)


@app.command()
def calls(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words that were said, or part of a title.", show_default=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """List finished calls, newest first, or search what was said in them."""
    with _told(), _offered(), Library.open(data_folder()) as library:
        found = library.calls(" ".join(words or []), limit)
        if json:
            sys.stdout.writelines(json_lines(found))
        else:
            sys.stdout.writelines(calls_table(found, searched=bool(words)))


@app.command()
def report(
    call: Annotated[str, typer.Argument(help="A call's id, or last.")],
    fmt: Annotated[Format, typer.Option("--format", help="What kind.")] = Format.MD,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file.")
    ] = None,
) -> None:
    """Show what happened in a finished call."""
    with _told(), _offered(), Library.open(data_folder()) as library:
        text = make_report(library.load(library.resolve(call)), fmt.value)
        if output is None:
            sys.stdout.write(text)
        else:
            write_report(text, output)


@app.command()
def delete(
    call: Annotated[str, typer.Argument(help="A call's id, or last.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a finished call: every word and sound of it is deleted for good."""
    with _told("Stopped. Nothing was deleted."), Library.open(data_folder()) as library:
        number = library.resolve(call)
        title = next((c.title for c in library.calls() if c.id == number), "")
        if (
            not yes
            and _is_terminal()
            and not typer.confirm(f"Delete call {number}, “{clean(title)}”, for good?")
        ):
            typer.echo("Nothing was deleted.")
            return
        recovery.delete_call(data_folder(), library, number)
        typer.echo(f"Deleted call {number}.")


@app.command()
def swap(call: Annotated[str, typer.Argument(help="A call's id, or last.")]) -> None:
    """Take the two speakers of a finished call for each other, and understand it anew."""
    with _told("Stopped. Nothing was changed."), Library.open(data_folder()) as library:
        number = library.resolve(call)
        library.replace(number, swapped(library.load(number), own_book(config.load())))
        typer.echo(f"Swapped the speakers of call {number}: thatsright report {number}")


@app.command()
def enroll(
    file: Annotated[
        Path | None,
        typer.Option(help="A recording of your voice alone.", show_default=False),
    ] = None,
    mic: Annotated[
        str | None,
        typer.Option(help="The microphone to listen to for 20 seconds.", show_default=False),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Delete the voice again.")] = False,
) -> None:
    """Let your voice be known in calls with one channel: 192 numbers are kept, no sound."""
    if forget and (file or mic):
        raise typer.BadParameter("--forget takes neither --file nor --mic.")
    if file and mic:
        raise typer.BadParameter("Give either --file or --mic.")
    with _told("Stopped. Nothing was stored."):
        if forget:
            was = forget_voice(data_folder())
            typer.echo("Your voice is forgotten." if was else "No voice was enrolled.")
            return
        if file:
            enroll_file(data_folder(), file)
        else:
            enroll_microphone(data_folder(), mic)
        typer.echo("Your voice is enrolled. thatsright enroll --forget deletes it.")


@app.command()
def recover(
    call: Annotated[
        str | None,
        typer.Argument(help="A cut-off call's id, or all.", show_default=False),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Into the library.")] = False,
    delete_it: Annotated[bool, typer.Option("--delete", help="Delete it, sound too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """List calls that were cut off (the program killed, the power gone); keep or delete them."""
    if keep and delete_it:
        raise typer.BadParameter("Give either --keep or --delete.")
    if delete_it and call is None:
        raise typer.BadParameter("Say which call to delete: its id, or all.")
    answer = Answer.KEEP if keep else Answer.DELETE if delete_it else None
    with _told("Stopped. What was not kept or deleted yet is as it was."):
        what = "all cut-off calls" if call == ALL else f"the cut-off call {clean(call or '')}"
        sure = yes or not _is_terminal()
        if delete_it and not sure and not typer.confirm(f"Delete {what}, for good?"):
            typer.echo("Nothing was deleted.")
            return
        status = recover_calls(data_folder(), call, answer, ask=_is_terminal())
    raise typer.Exit(status)


@app.command(name="models")
def list_models() -> None:
    """List the speech models on this machine: from where, and whether their checksums are right."""
    with _told():
        found = list(models.listing())
        sys.stdout.writelines(models_table(found))
        if any(model.damaged for model in found):
            raise typer.Exit(1)


@contextmanager
def _told(stopped: str = "Stopped.") -> Iterator[None]:
    """Everything a user can cause ends in a sentence on stderr and an exit status."""
    try:
        yield
        sys.stdout.flush()
    except ThatsRightError as error:
        _say(str(error))
        raise typer.Exit(error.exit_status) from None
    except (KeyboardInterrupt, typer.Abort):
        _say(stopped)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:  # as with `| head`: the reader has what it wanted
        give_up_stdout()
        raise typer.Exit(0) from None
    except OSError as error:
        give_up_stdout()
        what = "The output cannot be written" if error.filename is None else str(error.filename)
        _say(f"{what}: {error.strerror}. Check the disk and the permissions, then try again.")
        raise typer.Exit(1) from None


def _offer() -> None:
    """What about calls that were cut off?"""
    offer(data_folder(), ask=_is_watched())


@contextmanager
def _offered() -> Iterator[None]:
    """Asked before the library is opened, as the answer may change what is in it."""
    _offer()
    yield


def _is_terminal() -> bool:
    """Somebody is there to answer a question."""
    return sys.stdin.isatty()


def _is_watched() -> bool:
    """Likewise, and no program waits for what is printed."""
    return _is_terminal() and sys.stdout.isatty() and sys.stderr.isatty()


def _say(message: str) -> None:
    typer.echo(f"thatsright: {clean(message)}", err=True)
