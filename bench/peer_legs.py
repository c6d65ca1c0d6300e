"""One leg of a call, heard by another recogniser; bench/peers.py starts it, one for each leg.

    python bench/peer_legs.py PEER SOUND.pcm --model FOLDER

It runs in the other recogniser's environment and prints what is handed out, and when, as JSON.
"""
# ruff: noqa: PLC0415  (only the library of the peer that runs is there)

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_HZ = 16_000
CHUNK = 512
"""Samples handed over at a time: 32 ms, what RealtimeSTT wants and sound cards are asked for."""

TAIL_S = 6.0
"""Silence after the call, so that what ends with the call can be finished as if it went on."""

WHISPER = "faster-whisper==1.2.1"
TORCH = "torch==2.13.0"
LIVE_KIT = (f"{TORCH} {WHISPER} librosa tiktoken fastapi", "whisperlivekit==0.2.26")
NEEDS = {
    "whisperlivekit": LIVE_KIT,
    "localagreement": LIVE_KIT,
    "whisper_streaming": (
        f"{WHISPER} librosa opus-fast-mosestokenizer websockets",
        "whisper-streaming==0.1.0",
    ),
    "realtimestt": (
        (
            f"{TORCH} {WHISPER} scipy soundfile halo colorama websockets websocket-client "
            "webrtcvad-wheels silero-vad"
        ),
        "RealtimeSTT==1.1.2",
    ),
    "whisper_live": (
        f"{TORCH} {WHISPER} scipy fastapi python-multipart uvicorn websockets",
        "whisper-live==0.10.0",
    ),
}
"""What to install for each, and itself, without what else it asks for: sound cards, other engines
and a GPU's libraries, none of which takes part here."""


def install(peer: str) -> str:
    """The commands for the peer's environment."""
    needed, itself = NEEDS[peer]
    return f"pip install {needed} && pip install --no-deps {itself}"


@dataclass
class Leg:
    """One speaker's sound as it comes in, and what was made of it; the peer's side."""

    model: str
    compute: str
    partials: bool
    pcm: bytes
    out: Any
    t0: float = 0.0

    def ready(self) -> None:
        """Say that the model is loaded, and wait for the call to start."""
        self.send({"ready": True})
        self.t0 = float(sys.stdin.readline())

    def chunks(self) -> Iterator[bytes]:
        """Each 32 ms when its last sample has been spoken, as 16 bit samples."""
        for due_s, chunk in self.timed():
            time.sleep(max(0.0, self.t0 + due_s - time.monotonic()))
            yield chunk

    def timed(self) -> Iterator[tuple[float, bytes]]:
        """When each chunk is due, seconds of call time, and the chunk."""
        pcm = self.pcm + bytes(2 * int(TAIL_S * RATE_HZ))
        for start in range(0, len(pcm), 2 * CHUNK):
            chunk = pcm[start : start + 2 * CHUNK].ljust(2 * CHUNK, b"\0")
            yield (start / 2 + CHUNK) / RATE_HZ, chunk

    def final(self, text: str) -> None:
        """Text that the peer will not change any more."""
        self.hand_out(text, final=True)

    def partial(self, text: str) -> None:
        """Text that it may."""
        self.hand_out(text, final=False)

    def hand_out(self, text: str, *, final: bool) -> None:
        """Note that the user can read this now."""
        if text.strip():
            at_s = time.monotonic() - self.t0
            self.send({"at_s": at_s, "text": text.strip(), "final": final})

    def send(self, message: dict[str, Any]) -> None:
        """Tell bench/peers.py."""
        self.out.write(json.dumps(message) + "\n")
        self.out.flush()


def whisperlivekit(leg: Leg) -> None:
    """Its whole pipeline with LocalAgreement-2, the policy of whisper_streaming, as it comes.

    It makes two passes at each pause of speech, however short, and falls behind where a pass takes
    longer than speech goes on.
    """
    live_kit(leg)


def localagreement(leg: Leg) -> None:
    """The same without that: a pass over what has come in, a second at least, and then the next.

    These are the settings with which the authors of whisper_streaming measured the policy.
    """
    live_kit(leg, vac=False, min_chunk_size=1.0)


def live_kit(leg: Leg, **settings: float) -> None:
    """WhisperLiveKit's pipeline: sound in, what its page would show out."""
    from whisperlivekit import AudioProcessor, TranscriptionEngine

    engine = TranscriptionEngine(
        **settings,
        model_dir=leg.model,
        backend="faster-whisper",
        backend_policy="localagreement",
        lan="en",
        pcm_input=True,
        warmup_file="",
    )

    async def listen() -> None:
        processor = AudioProcessor(transcription_engine=engine)
        results = await processor.create_tasks()
        leg.ready()
        feeding = asyncio.create_task(feed(processor))
        committed: list[str] = []
        async for update in results:
            words = " ".join(line.text or "" for line in update.lines).split()
            if new := words[len(committed) :]:
                leg.final(" ".join(new))
                committed = words
            leg.partial(" ".join([*committed[-20:], update.buffer_transcription]))
        await feeding
        await processor.cleanup()

    async def feed(processor: AudioProcessor) -> None:
        for due_s, chunk in leg.timed():
            await asyncio.sleep(max(0.0, leg.t0 + due_s - time.monotonic()))
            await processor.process_audio(chunk)
        await processor.process_audio(b"")

    asyncio.run(listen())


def whisper_streaming(leg: Leg) -> None:
    """LocalAgreement-2 over the last 15 s, a second or more at a time, as its authors ran it."""
    import numpy as np
    from whisper_streaming.backend import faster_whisper_backend as fw
    from whisper_streaming.base import Backend, Word
    from whisper_streaming.processor import ASRProcessor, AudioReceiver, OutputSender, TimeTrimming

    class Sound(AudioReceiver):
        """Hands over what has come in since the last pass, once that is a second."""

        def __init__(self) -> None:
            super().__init__()
            self.chunks = leg.chunks()

        def _do_receive(self) -> np.ndarray | None:
            sound = b""
            for chunk in self.chunks:
                sound += chunk
                if len(sound) >= 2 * RATE_HZ and self.queue.empty():
                    break
            return np.frombuffer(sound, np.int16).astype(np.float32) / 32768 if sound else None

        def _do_close(self) -> None:
            pass

    class Text(OutputSender):
        def _do_output(self, data: Word) -> None:
            leg.final(data.word)

        def _do_close(self) -> None:
            pass

    processor = ASRProcessor(
        ASRProcessor.ProcessorConfig(
            sampling_rate=RATE_HZ,
            prompt_size=200,
            audio_receiver_timeout=5,
            audio_trimming=TimeTrimming(15),
            language="en",
        ),
        Sound(),
        Text(),
        Backend.FASTER_WHISPER,
        fw.FasterWhisperModelConfig(leg.model, device="cpu", compute_type=leg.compute),
        fw.FasterWhisperTranscribeConfig(vad_filter=True),
        fw.FasterWhisperFeatureExtractorConfig(),
    )
    leg.ready()
    processor.run()


def realtimestt(leg: Leg) -> None:
    """As it comes: an utterance ends with 0.6 s of silence. Its partial text is off by default."""
    from RealtimeSTT import AudioToTextRecorder

    recorder = AudioToTextRecorder(
        model=leg.model,
        language="en",
        device="cpu",
        compute_type=leg.compute,
        use_microphone=False,
        spinner=False,
        no_log_file=True,
        enable_realtime_transcription=leg.partials,
        use_main_model_for_realtime=leg.partials,
        on_realtime_transcription_update=leg.partial if leg.partials else None,
    )

    def read() -> None:
        while not recorder.is_shut_down:
            leg.final(recorder.text() or "")

    leg.ready()
    threading.Thread(target=read, daemon=True).start()
    for chunk in leg.chunks():
        recorder.feed_audio(chunk)
    recorder.shutdown()


def whisper_live(leg: Leg) -> None:
    """Its server's side of one client, without the wire between, with the client's defaults."""
    import numpy as np
    from whisper_live.backend.faster_whisper_backend import ServeClientFasterWhisper

    class Wire:
        """Takes what the server sends."""

        def __init__(self) -> None:
            self.done: set[tuple[str, str]] = set()

        def send(self, message: str) -> None:
            for segment in json.loads(message).get("segments", ()):
                key = segment["start"], segment["text"]
                if not segment["completed"]:
                    leg.partial(segment["text"])
                elif key not in self.done:
                    self.done.add(key)
                    leg.final(segment["text"])

        def close(self) -> None:
            sys.exit("whisper_live could not load the model")

    client = ServeClientFasterWhisper(
        Wire(), language="en", client_uid="bench", model=leg.model, same_output_threshold=10
    )
    leg.ready()
    for chunk in leg.chunks():
        client.add_frames(np.frombuffer(chunk, np.int16).astype(np.float32) / 32768)
    client.exit = True
    client.trans_thread.join()


PEERS = {
    "whisperlivekit": whisperlivekit,
    "localagreement": localagreement,
    "whisper_streaming": whisper_streaming,
    "realtimestt": realtimestt,
    "whisper_live": whisper_live,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("sound", type=Path, help="16 bit samples at 16 kHz")
    parser.add_argument("--model", required=True)
    parser.add_argument("--compute", default="int8")
    parser.add_argument("--partials", action="store_true")
    arguments = parser.parse_args()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the library prints is no message
    sound = arguments.sound.read_bytes()
    try:
        PEERS[arguments.peer](
            Leg(arguments.model, arguments.compute, arguments.partials, sound, out)
        )
    except ModuleNotFoundError as missing:
        sys.exit(
            f"{arguments.peer} needs {missing.name}, which {sys.executable} does not have. "
            f"Install it there with: {install(arguments.peer)}"
        )
    out.close()
    os._exit(0)  # some leave threads behind that would never end


if __name__ == "__main__":
    main()
