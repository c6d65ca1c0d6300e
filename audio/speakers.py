"""Whose voice is it? A stretch of speech as a point on a sphere, near those of the same voice.

The network is CAM++ (Wang et al., Interspeech 2023, arXiv:2303.00332) with the weights of the
3D-Speaker project, run by the ONNX Runtime: `audio/models/campplus.onnx`, licence beside it. It
hears Kaldi filter banks. Half a second of speech places a voice roughly, two seconds well.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import numpy as np

from assistant.errors import ModelError
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

    from audio.types import Samples

    Points: TypeAlias = "NDArray[np.float32]"

MODEL: Final = "campplus.onnx"
SHA256: Final = "b9a05c13c296f4f52ed21428b3a4ef64d2987331bb631e3c03c9005953fb54ba"

DIMENSIONS: Final = 192
LONGEST_SAMPLES: Final = 2 * RATE_HZ
"""What is longer is heard in windows: the context of the network is one of up to 2 s."""
SHORTEST_SAMPLES: Final = RATE_HZ // 4
"""What is shorter is repeated until it is that long."""

_MELS: Final = 80
_FULL_SCALE: Final = 32_768
_LEAST: Final = 1e-6


class Embedder(Protocol):
    """Turns stretches of speech into points; any number of threads may ask."""

    def embed(self, sounds: Sequence[Samples]) -> Points:
        """Unit vectors, float32 [len(sounds), `DIMENSIONS`].

        Each sound is float32 [n] at `RATE_HZ`, n from 1 to `LONGEST_SAMPLES`.

        Raises:
            ValueError: a sound is empty or too long.
        """


class CamPlus:
    """The network that ships with this program, on one thread."""

    def __init__(self) -> None:
        """Load it.

        Raises:
            ModelError: the file is not what it should be.
        """
        self._session = _session()

    def embed(self, sounds: Sequence[Samples]) -> Points:
        """Unit vectors, float32 [len(sounds), `DIMENSIONS`]; about 22 ms for 1.2 s of sound.

        Raises:
            ValueError: a sound is empty or too long.
        """
        points = np.zeros((len(sounds), DIMENSIONS), np.float32)
        for index, sound in enumerate(sounds):
            feats = _features(sound)[None]
            (found,) = self._session.run(None, {"feats": feats})
            points[index] = found[0]
        return unit(points)


def unit(points: Points) -> Points:
    """Vectors [..., d] brought to length 1; what has none stays as it is."""
    lengths = np.linalg.norm(points, axis=-1, keepdims=True)
    return np.asarray(points / np.maximum(lengths, _LEAST), dtype=np.float32)


def _features(sound: Samples) -> NDArray[np.float32]:
    """Kaldi filter banks, [frames, 80], each band less its mean: the voice, not the line."""
    import kaldi_native_fbank as kaldi  # noqa: PLC0415 - only who tells voices apart needs it

    if not 0 < len(sound) <= LONGEST_SAMPLES:
        raise ValueError(f"{len(sound)} samples; from 1 to {LONGEST_SAMPLES} can be embedded")
    if len(sound) < SHORTEST_SAMPLES:
        sound = np.resize(sound, SHORTEST_SAMPLES)
    options = kaldi.FbankOptions()
    options.frame_opts.dither = 0.0
    options.frame_opts.samp_freq = RATE_HZ
    options.mel_opts.num_bins = _MELS
    bank = kaldi.OnlineFbank(options)
    bank.accept_waveform(RATE_HZ, np.clip(sound, -1.0, 1.0) * _FULL_SCALE)
    bank.input_finished()
    frames = np.stack([bank.get_frame(i) for i in range(bank.num_frames_ready)])
    return np.asarray(frames - frames.mean(axis=0), dtype=np.float32)


@cache
def _session() -> InferenceSession:
    import onnxruntime  # noqa: PLC0415 - slow to import, and only who tells voices apart needs it

    with as_file(files("audio") / "models" / MODEL) as path:
        try:
            model = path.read_bytes()
        except OSError:
            model = b""
    if hashlib.sha256(model).hexdigest() != SHA256:
        raise ModelError(
            f"The file that tells voices apart ({MODEL}) is damaged or missing. It was not used. "
            "Install thatsright again."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
