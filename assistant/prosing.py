"""`thatsright prose`: a summary in sentences by a language model, beside the one by the rules."""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.errors import ConfigError, ProseError
from assistant.model import Transcript
from assistant.prose import not_in, notes
from assistant.prose_server import address_of, ask, chosen_model
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from assistant.config import Settings
    from assistant.prose import Notes, Prose
    from assistant.store import Library

_BAR: Final = "| "
"""Before every line a model wrote."""
_WIDTH: Final = 88


@dataclass(frozen=True, slots=True)
class ProseOptions:
    """What the user asked for."""

    model: str | None
    """None for what the settings say."""
    wait_s: float
    keep: bool = False
    """With the call."""
    send: bool = True
    """False: only show what would be sent."""
    as_json: bool = False


def show_prose(library: Library, number: int, settings: Settings, options: ProseOptions) -> None:
    """Print the summary by the rules, ask a model, print and perhaps keep what it wrote.

    Raises:
        ConfigError: no model is set, or it is elsewhere and may not be asked; nothing was sent.
        ProseError: nothing was said in the call, or the model gave no summary.
        StoreError: the call cannot be read, or what was written not be kept.
    """
    call = library.load(number)
    if not any(isinstance(event, Transcript) and event.final for event in call.events):
        raise ProseError(f"Nothing was said in call {number}, so there is nothing to write.")
    told = notes(call)
    if not options.send:
        sys.stdout.write(told.text + "\n")
        return
    if settings.prose_url is None:
        raise ConfigError(
            "No language model is set, and none is asked by itself. With one that runs on this "
            'machine, write into the settings: prose_url = "http://127.0.0.1:11434/v1" (Ollama), '
            'or "http://127.0.0.1:8080/v1" (llama.cpp).'
        )
    address = address_of(settings.prose_url, elsewhere=settings.prose_elsewhere)
    if not options.as_json:
        sys.stdout.writelines(_by_the_rules(number, told))
        sys.stdout.flush()
    model = chosen_model(address, options.model or settings.prose_model, options.wait_s)
    if not address.local:
        how = "encrypted" if address.secure else "not encrypted"
        _tell(f"The summary and its quotes go to {address.name}, {how} (prose_elsewhere).")
    elif sys.stderr.isatty():
        _tell(f"Asking {clean(model)} at {address.name}. This may take minutes.")
    prose = ask(address, model, told.text, options.wait_s)
    if options.as_json:
        sys.stdout.write(_as_json(number, told, prose, None) + "\n")
    else:
        sys.stdout.writelines(_by_a_model(told, prose, None))
    if options.keep:
        library.keep_prose(number, prose)
        _tell(f"Kept with call {number}: thatsright prose {number} --kept")


def show_kept(library: Library, number: int, *, as_json: bool) -> None:
    """Print the summary by the rules and what is kept beside it.

    Raises:
        ProseError: nothing is kept.
        StoreError: the call cannot be read.
    """
    kept = library.prose(number)
    if kept is None:
        raise ProseError(
            f"No summary by a language model is kept with call {number}. --keep has one written "
            "and kept."
        )
    told = notes(library.load(number))
    if as_json:
        sys.stdout.write(_as_json(number, told, kept.prose, kept.made_at) + "\n")
        return
    sys.stdout.writelines(_by_the_rules(number, told))
    sys.stdout.writelines(_by_a_model(told, kept.prose, kept.made_at))


def forget_prose(library: Library, number: int) -> None:
    """Delete what is kept of a call.

    Raises:
        StoreError: it could not be deleted.
    """
    if library.forget_prose(number):
        sys.stdout.write(f"Deleted what a language model wrote of call {number}.\n")
    else:
        sys.stdout.write(f"Nothing by a language model was kept with call {number}.\n")


def _by_the_rules(number: int, told: Notes) -> Iterator[str]:
    yield f"Call {number}, by the rules:\n\n"
    yield told.text + "\n"
    if told.left_out:
        yield f"and {told.left_out} lines more: thatsright report {number}\n"
    yield "\n"


def _by_a_model(told: Notes, prose: Prose, made_at: datetime | None) -> Iterator[str]:
    on = "" if made_at is None else f" on {made_at.astimezone():%Y-%m-%d %H:%M}"
    yield (
        f"Written by a language model ({prose.model} at {prose.address}){on}, NOT CHECKED. "
        "It was told what stands above, no more:\n\n"
    )
    paragraphs = prose.text.split("\n")
    for paragraph in paragraphs:
        filled = textwrap.fill(paragraph, _WIDTH, initial_indent=_BAR, subsequent_indent=_BAR)
        yield filled + "\n"
        if paragraph is not paragraphs[-1]:
            yield _BAR.rstrip() + "\n"
    strange = not_in(told.text, prose.text)
    if strange:
        yield f"\nIt wrote what it was not told, perhaps invented: {', '.join(strange)}\n"


def _as_json(number: int, told: Notes, prose: Prose, made_at: datetime | None) -> str:
    fields: dict[str, object] = {
        "call": number,
        "told": told.text,
        "lines_left_out": told.left_out,
        "text": prose.text,
        "written_by": "language model",
        "model": prose.model,
        "address": prose.address,
        "checked": False,
        "not_in_told": not_in(told.text, prose.text),
        "kept_at": None if made_at is None else made_at.isoformat(),
    }
    return json.dumps(fields)


def _tell(sentence: str) -> None:
    sys.stderr.write(f"thatsright: {sentence}\n")
    sys.stderr.flush()
