"""The commands: the composition root. Everything is put together here and nowhere else."""

# ruff: noqa: FBT002, PLR0913, PLR0917, TC001, TC003 - typer makes an option of each parameter, and
# reads the annotations at run time

from __future__ import annotations

import math
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant import call_commands, commanding, config, library_commands, models
from assistant.commanding import app, told
from assistant.consent import consent_of
from assistant.device_table import show_devices
from assistant.doctor_table import show_checks
from assistant.enrolling import enroll_file, enroll_microphone
from assistant.enrolment import forget as forget_voice
from assistant.errors import ServeError
from assistant.listing import models_table
from assistant.live import NONE, Live, LiveOptions
from assistant.model import Consent
from assistant.offering import ALL, Answer
from assistant.offering import recover as recover_calls
from assistant.options import Counterpart, Events, Lines, Model, NoSave, Plain, Terms, Words
from assistant.parts import give_way
from assistant.paths import data_folder
from assistant.playing import Calls, Replay, ReplayOptions
from assistant.prepared import before_call
from assistant.safetext import clean

__all__ = ["app"]


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
    if plain or not (commanding.is_terminal() and sys.stdout.isatty()):
        typer.echo(context.get_help())
        raise typer.Exit(0 if plain else commanding.WRONG_USAGE)
    with told():
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


def _on_screen(*, json: bool, plain: bool) -> bool:
    """Whether the live screen is wanted, and there is a terminal for it."""
    if json and plain:
        raise typer.BadParameter("Give either --json or --plain.")
    return not json and not plain and sys.stdout.isatty() and sys.stdin.isatty()


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
            help="1, any factor, or max. [default: 1 in a terminal, max with --json]",
            show_default=False,
        ),
    ] = None,
    json: Events = False,
    words: Words = False,
    plain: Plain = False,
    no_save: NoSave = False,
    model: Model = None,
    terms: Terms = None,
    counterpart: Counterpart = None,
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
    on_screen = _on_screen(json=json, plain=plain)
    paced = on_screen or (plain and sys.stdout.isatty())
    options = ReplayOptions(
        me=me,
        speed=_speed(speed) or (1.0 if paced else math.inf),
        words=words,
        save=not no_save,
        model=model,
        terms=terms,
        counterpart=counterpart or "",
        plain=plain,
    )
    with told("Stopped. Nothing of this call was saved; the recording is as it was."):
        settings = config.load()
        give_way(settings)
        player = Replay(settings, options)
        if not no_save:
            commanding.offer_cut_off()
        chosen = (
            Calls.legs(me_file, them_file) if me_file and them_file else Calls.files(calls or [])
        )
        before = before_call(data_folder(), counterpart)
        status = player.on_screen(chosen, before) if on_screen else player.as_events(chosen)
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
    json: Events = False,
    words: Words = False,
    plain: Plain = False,
    no_save: NoSave = False,
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
    model: Model = None,
    terms: Terms = None,
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
    counterpart: Counterpart = None,
) -> None:
    """Run beside a phone or video call, until q or Ctrl-C."""
    on_screen = _on_screen(json=json, plain=plain)
    if record and no_save:
        raise typer.BadParameter("--record keeps the sound with the saved call: without --no-save.")
    if one_mic and them is not None:
        raise typer.BadParameter("--one-mic hears no other device: leave --them out.")
    with told("Stopped before the call was done: thatsright recover brings it back."):
        settings = config.load()
        if not no_save:
            commanding.offer_cut_off()
        agreed = consent_of(
            None if consent is None else Consent(consent.value),
            settings.consent,
            data_folder(),
            record=record,
            ask=(on_screen or plain) and commanding.is_watched(),
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
            plain=plain,
        )
        if low_power:
            settings = replace(settings, power="low")
        give_way(settings)
        beside = Live(settings, options)
        if record:
            commanding.say_so("The sound of this call is being recorded (--record).")
        before = before_call(data_folder(), counterpart)
        status = beside.on_screen(before) if on_screen else beside.as_events()
    raise typer.Exit(status)


@app.command()
def devices(
    json: Lines = False,
) -> None:
    """List microphones and what the computer plays, and how loud each is right now."""
    with told():
        show_devices(as_json=json)


@app.command(name="doctor")
def examine(
    json: Lines = False,
    model: Model = None,
) -> None:
    """Check everything a call needs, and say what to do about what is wrong; takes some 10 s."""
    with told():
        status = show_checks(as_json=json, model=model)
    raise typer.Exit(status)


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
    with told("Stopped. Nothing was stored."):
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
    with told("Stopped. What was not kept or deleted yet is as it was."):
        what = "all cut-off calls" if call == ALL else f"the cut-off call {clean(call or '')}"
        sure = yes or not commanding.is_terminal()
        if delete_it and not sure and not typer.confirm(f"Delete {what}, for good?"):
            typer.echo("Nothing was deleted.")
            return
        status = recover_calls(data_folder(), call, answer, ask=commanding.is_terminal())
    raise typer.Exit(status)


@app.command(name="models")
def list_models() -> None:
    """List the speech models on this machine: from where, and whether their checksums are right."""
    with told():
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
    with told():
        try:
            from assistant.serving import serve as run  # noqa: PLC0415 - an optional extra
        except ModuleNotFoundError as error:
            raise ServeError(
                f"The package {error.name} is missing. Install it: pip install 'thatsright[serve]'"
            ) from None
        raise typer.Exit(run(port))


call_commands.add_to(app)
library_commands.add_to(app, told)
