"""Reads a long call without loading it: memory and speed of everything before the recogniser.

    python bench/long_call.py [--hours 3] [--suffix .mp3]

Writes a two-channel file from a sample, over and over, to a temporary folder, and listens to it.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import av
from clips import answered

from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import Block, Utterance
from audio.vad import SpeechDetector

SAMPLE = Path(__file__).parent.parent / "samples" / "delivery_date.ogg"
CODECS = {".mp3": "libmp3lame", ".flac": "flac", ".m4a": "aac", ".ogg": "libopus"}
RATE_HZ = {".ogg": 48_000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--suffix", choices=sorted(CODECS), default=".mp3")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"long{arguments.suffix}"
        seconds = write(path, arguments.hours * 3600)
        began = time.monotonic()
        before = peak_mb()
        recording = open_recording(path, Side.LEFT)
        listener = Listener(recording.speakers, SpeechDetector, SegmenterConfig())
        utterances = 0
        for item in recording.items():
            if isinstance(item, Block):
                utterances += sum(isinstance(u, Utterance) for u in listener.push(item))
                utterances += len(answered(listener))
        took = time.monotonic() - began
        size = path.stat().st_size / 1e6
        print(
            f"{seconds / 3600:.2f} h of {arguments.suffix} ({size:.0f} MB), {utterances} utterances"
            f" in {took:.1f} s ({seconds / took:.0f} x real time), peak memory {before:.0f} -> "
            f"{peak_mb():.0f} MB"
        )


def write(path: Path, wanted_s: float) -> float:
    """Encode the sample again and again; return the length written, seconds."""
    rate = RATE_HZ.get(path.suffix, 16_000)
    written = 0
    with av.open(str(path), "w") as out:
        stream = out.add_stream(CODECS[path.suffix], rate=rate, layout="stereo")
        while written < wanted_s * rate:
            with av.open(str(SAMPLE)) as source:
                resampler = av.AudioResampler(stream.codec_context.format, "stereo", rate)
                for frame in source.decode(audio=0):
                    frame.pts = None
                    for ready in resampler.resample(frame):
                        ready.pts = written
                        written += ready.samples
                        out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return written / rate


def peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform == "linux" else 1024**2)


if __name__ == "__main__":
    main()
