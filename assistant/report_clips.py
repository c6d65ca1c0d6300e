"""Sound of moments for a report: short FLAC clips as data URIs, cut from what was recorded."""

from __future__ import annotations

import base64
import io
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import numpy as np

from assistant.errors import ReportError
from assistant.model import Source, Speaker
from audio.files import Side, open_legs, open_recording
from audio.record import SUFFIX
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.model import FinishedCall
    from audio.files import Recording

BEFORE_S: Final = 6.0
"""A clip begins so long before the moment."""
AFTER_S: Final = 6.0
"""And ends so long after it."""


@dataclass(slots=True)
class _Clip:
    signal: int
    start: int
    """In samples, of the call."""
    sound: NDArray[np.float32]


def clips(call: FinishedCall, sound: Path | None, recording: Path) -> dict[int, str]:
    """A data URI by the id of each moment's signal.

    Args:
        call: whose moments.
        sound: the folder with what a live call recorded, a file a leg; None when there is none.
        recording: the recording that was replayed, in case there is no such folder.

    Raises:
        ReportError: there is no sound of this call.
        ThatsRightError: the sound cannot be read.
    """
    if not call.summary.moments:
        return {}
    length = round((BEFORE_S + AFTER_S) * RATE_HZ)
    wanted = [
        _Clip(
            each.signal,
            round(max(each.at_s - BEFORE_S, 0.0) * RATE_HZ),
            np.zeros(length, np.float32),
        )
        for each in call.summary.moments
    ]
    last = max(each.start for each in wanted) + length
    with closing(_opened(call, sound, recording).items(as_recorded=True)) as items:
        for item in items:
            if not isinstance(item, Block):
                continue
            if item.start_sample >= last:
                break
            for clip in wanted:
                _mix(clip, item.start_sample, item.samples)
    return {each.signal: data_uri(each.sound) for each in wanted}


def data_uri(sound: NDArray[np.float32]) -> str:
    """Sound, float32 of `RATE_HZ` in -1..1, as a FLAC file in a data URI."""
    out = io.BytesIO()
    whole = np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)
    with av.open(out, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(whole[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return f"data:audio/flac;base64,{base64.b64encode(out.getvalue()).decode()}"


def _mix(clip: _Clip, at: int, samples: NDArray[np.float32]) -> None:
    start = max(at, clip.start)
    stop = min(at + len(samples), clip.start + len(clip.sound))
    if start < stop:
        clip.sound[start - clip.start : stop - clip.start] += samples[start - at : stop - at]


def _opened(call: FinishedCall, sound: Path | None, recording: Path) -> Recording:
    if sound is not None:
        me, them = (sound / f"{each.value}{SUFFIX}" for each in (Speaker.ME, Speaker.THEM))
        if me.is_file() and them.is_file():
            return open_legs(me, them)
        one = next((each for each in (me, them) if each.is_file()), None)
        if one is not None:
            return open_recording(one, Side.LEFT)
    if call.info.source is Source.AUDIO:
        if recording.is_file():
            return open_recording(recording, Side.LEFT)
        legs = [Path(each) for each in str(recording).split(" + ")]
        if len(legs) == len((Speaker.ME, Speaker.THEM)) and all(each.is_file() for each in legs):
            return open_legs(*legs)
    raise ReportError(
        "There is no sound of this call for --audio: it was not recorded, or the recording is no "
        "longer where it was. Leave out --audio; live --record keeps the sound of the next call."
    )
