"""The commands: the composition root. Everything is put together here and nowhere else."""

# ruff: noqa: FBT002, PLR0913, PLR0917, TC001, TC003 - typer makes an option of each parameter, and reads
# the annotations at run time

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from assistant import config, models, recovery
from assistant.consent import consent_of
from assistant.device_table import show_devices
from assistant.doctor_table import show_checks
from assistant.enrolling import enroll_file, enroll_microphone
from assistant.enrolment import forget as forget_voice
from assistant.errors import ConfigError, ServeError, ThatsRightError
from assistant.kinds import SignalKind
from assistant.library_commands import add_to
from assistant.listing import calls_table, json_lines, models_table
from assistant.live import NONE, Live, LiveOptions
from assistant.model import Consent
from assistant.offering import ALL, Answer, offer
from assistant.offering import recover as recover_calls
from assistant.parts import give_way, own_book
from assistant.paths import data_folder
from assistant.playing import Calls, Replay, ReplayOptions
from assistant.report import format_of
from assistant.reviewing import review as show_review
from assistant.safetext import clean
from assistant.showing import show_report, show_signals, show_trends
from assistant.store import Library
from assistant.streams import give_up_stdout
from assistant.swapping import swapped

app = typer.Typer(
    name="thatsright",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

INTERRUPTED: Final = 130
WRONG_USAGE: Final = 2


class Echo(StrEnum):
    """Whether the other side is taken out of my microphone."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Answered(StrEnum):
    """What may be said about consent."""

    AGREED = Consent.AGREED.value
    NOT_NEEDED = Consent.NOT_NEEDED.value
    NOT_ASKED = Consent.NOT_ASKED.value


class Format(StrEnum):
    """What a report can be."""

    HTML = "html"
    MD = "md"
    JSON = "json"
    VTT = "vtt"
    SRT = "srt"
    CSV = "csv"


@app.callback(
    invoke_without_command=True,
    help="Hears the difference between “that's right” and “you're right”. Nothing leaves this "
    "machine. Without a command, in a terminal: everything in one application.",
)
def home(
    context: typer.Context,
    plain: Annotated[
        bool, typer.Option("--plain", help="Without a command: this text, no application.")
    ] = False,
) -> None:
    """Open the application, where there is a terminal."""
    if context.invoked_subcommand is not None:
        return
    if plain or not (_is_terminal() and sys.stdout.isatty()):
        typer.echo(context.get_help())
        raise typer.Exit(0 if plain else WRONG_USAGE)
    with _told():
        from assistant.home import open_home  # noqa: PLC0415 - only a terminal needs the screens

        raise typer.Exit(open_home())


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
        typer.Argument(help="Audio, video, or a transcript.", show_default=False),
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
    counterpart: Annotated[
        str | None, typer.Option("--with", help="Who the other side is.", show_default=False)
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
        counterpart=counterpart or "",
    )
    with _told("Stopped. Nothing of this call was saved; the recording is as it was."):
        settings = config.load()
        give_way(settings)
        player = Replay(settings, options)
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
    echo: Annotated[
        Echo | None,
        typer.Option(
            help="Take the other side out of your microphone: auto does where it comes back, as "
            "it does without a headset. [default: the setting, else auto]",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Speech model: a folder, or a name such as base or tiny.en.")
    ] = None,
    terms: Annotated[
        str | None,
        typer.Option(help="A file with names and terms of this deal, one a line: heard better."),
    ] = None,
    consent: Annotated[
        Answered | None,
        typer.Option(
            help="Whether they agreed to be listened to; stored with the call.",
            show_default=False,
        ),
    ] = None,
    low_power: Annotated[
        bool,
        typer.Option("--low-power", help="Less of the processor: slower and less exact."),
    ] = False,
    counterpart: Annotated[
        str | None, typer.Option("--with", help="Who the other side is.", show_default=False)
    ] = None,
) -> None:
    """Run beside a phone or video call, until q or Ctrl-C."""
    on_screen = not json and sys.stdout.isatty() and sys.stdin.isatty()
    if record and no_save:
        raise typer.BadParameter("--record keeps the sound with the saved call: without --no-save.")
    if one_mic and them is not None:
        raise typer.BadParameter("--one-mic hears no other device: leave --them out.")
    with _told("Stopped before the call was done: thatsright recover brings it back."):
        settings = config.load()
        if not no_save:
            _offer()
        agreed = consent_of(
            None if consent is None else Consent(consent.value),
            settings.consent,
            data_folder(),
            record=record,
            ask=on_screen and _is_watched(),
        )
        options = LiveOptions(
            mic,
            NONE if one_mic else them,
            words=words,
            save=not no_save,
            model=model,
            terms=terms,
            record=record,
            echo=None if echo is None else echo.value,
            consent=agreed,
            counterpart=counterpart or "",
        )
        if low_power:
            settings = replace(settings, power="low")
        give_way(settings)
        beside = Live(settings, options)
        if record:
            _say("The sound of this call is being recorded (--record).")
        status = beside.on_screen() if on_screen else beside.as_events()
    raise typer.Exit(status)


@app.command()
def devices(
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List microphones and what the computer plays, and how loud each is right now."""
    with _told():
        show_devices(as_json=json)


@app.command(name="doctor")
def examine(
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    model: Annotated[
        str | None, typer.Option(help="Speech model: a folder, or a name such as base or tiny.en.")
    ] = None,
) -> None:
    """Check everything a call needs, and say what to do about what is wrong; takes some 10 s."""
    with _told():
        status = show_checks(as_json=json, model=model)
    raise typer.Exit(status)


@app.command()
def calls(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words that were said, or part of a title.", show_default=False),
    ] = None,
    signal: Annotated[
        SignalKind | None,
        typer.Option(
            help="Signals of this kind instead of words, such as youre_right.",
            show_default=False,
            show_choices=False,
            metavar="KIND",
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(
            help="With --signal: only those within 30 s after these words; price finds any sum.",
            metavar="WORDS",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """List finished calls, newest first, or search what was said in them."""
    if after is not None and signal is None:
        raise typer.BadParameter("--after belongs to --signal.")
    if signal is not None and words:
        raise typer.BadParameter("Give either WORDS, or --signal with --after WORDS.")
    with _told(), _offered(), Library.open(data_folder()) as library:
        if signal is not None:
            show_signals(library, signal, after or "", limit, as_json=json)
            return
        found = library.calls(" ".join(words or []), limit)
        if json:
            sys.stdout.writelines(json_lines(found))
        else:
            sys.stdout.writelines(calls_table(found, searched=bool(words)))


@app.command()
def report(
    call: Annotated[str, typer.Argument(help="A call's id, or last.")],
    fmt: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="What kind. [default: as the file's ending, else md]",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file.")
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio", help="With html: the sound of the moments that mattered.")
    ] = False,
) -> None:
    """Show what happened in a finished call: a page, text, subtitles, measures."""
    chosen = fmt.value if fmt is not None else (output and format_of(output)) or Format.MD.value
    if audio and chosen != Format.HTML:
        raise typer.BadParameter("--audio belongs to --format html.")
    with _told(), _offered(), Library.open(data_folder()) as library:
        show_report(library, call, chosen, output, data_folder() if audio else None)


@app.command()
def trends(
    counterpart: Annotated[
        str | None, typer.Option("--with", help="Only calls with this counterpart.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, with every call.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write an HTML page to this file.")
    ] = None,
) -> None:
    """Show how your calls change: measures over time, and what earns you a “that's right”."""
    if json and output is not None:
        raise typer.BadParameter("Give either --json, or -o FILE for an HTML page.")
    with _told(), _offered(), Library.open(data_folder()) as library:
        show_trends(library, clean(counterpart or ""), output, as_json=json)


@app.command()
def review(
    call: Annotated[str, typer.Argument(help="A call's id, or last.")] = "last",
) -> None:
    """Look at a finished call: its moments, its transcript, your notes, its sound."""
    with _told(), _offered():
        with Library.open(data_folder()) as library:
            number = library.resolve(call)
        if not _is_watched():
            raise ConfigError(
                f"review needs a terminal. Without one: thatsright report {number} prints it."
            )
        status = show_review(number)
    raise typer.Exit(status)


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


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this machine; 0 for a free one.")
    ] = 0,
) -> None:
    """Open the application to a browser on this machine, behind a random token."""
    with _told():
        try:
            from assistant.serving import serve as run  # noqa: PLC0415 - an optional extra
        except ModuleNotFoundError as error:
            raise ServeError(
                f"The package {error.name} is missing. Install it: pip install 'thatsright[serve]'"
            ) from None
        raise typer.Exit(run(port))


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


add_to(app, _told)
