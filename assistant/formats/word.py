"""Word files, as Teams and Otter export transcripts: their paragraphs as lines. Pure.

Only the text is taken, with the standard library: no styles, fields, macros or links are read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final
from xml.etree import ElementTree as ET

from assistant.formats.cue import NoFitError

LARGEST_BYTES: Final = 64 << 20
"""Of the unpacked text; a day of talk has 1 MB."""
_PART: Final = "word/document.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def word_lines(data: bytes) -> list[str]:
    """The paragraphs of a .docx; a line break within one begins a new line.

    Raises:
        NoFitError: it is no Word file, damaged or far too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(_PART).file_size > LARGEST_BYTES:
                raise NoFitError(None, "is too large for a transcript. Check the name.")
            with archive.open(_PART) as part:
                text = part.read(LARGEST_BYTES + 1)
    except (
        zipfile.BadZipFile,
        KeyError,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ):
        raise NoFitError(
            None, "is no Word file, or a damaged one. Export the transcript again."
        ) from None
    if len(text) > LARGEST_BYTES or b"<!DOCTYPE" in text[:4096]:
        raise NoFitError(None, "is no Word file as a meeting program writes it. Export it again.")
    try:
        document = ET.fromstring(text)  # noqa: S314 - no DTD, so no entities to expand
    except (ET.ParseError, ValueError, RecursionError):
        raise NoFitError(None, "is a damaged Word file. Export the transcript again.") from None
    return [line for each in document.iter(f"{_W}p") for line in _text(each).split("\n")]


def _text(paragraph: ET.Element) -> str:
    parts: list[str] = []
    for each in paragraph.iter():
        if each.tag == f"{_W}t":
            parts.append(each.text or "")
        elif each.tag == f"{_W}tab":
            parts.append("\t")
        elif each.tag in {f"{_W}br", f"{_W}cr"}:
            parts.append("\n")
    return "".join(parts)
