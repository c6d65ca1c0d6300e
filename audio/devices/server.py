"""PulseAudio and PipeWire, through soundcard and its libpulse.

Soundcard's own `record` waits for ever on a stream that was ended, and a stream whose device goes
is moved to another one by the server: the microphone would be heard as the other side. Hence the
recorder of its own below, which may not be moved and never waits long. Soundcard lists devices
without their rate, so the listing asks libpulse through it.
"""

from __future__ import annotations

import atexit
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from audio.devices.kinds import Device, Failure, Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from audio.devices.kinds import Mouth

FRAGMENTS_PER_S: Final = 50
"""Sound comes in pieces of 20 ms."""

LOOK_S: Final = 0.1
"""How long nothing may come before the stream's health is looked at."""

NO_SERVER: Final = Failure(
    "The sound server (PulseAudio or PipeWire) does not answer. Start it, or log in again."
)

_lock: Final = threading.Lock()
_absent: Final = threading.Event()
"""Set once soundcard could not reach a server when it was first asked for."""


@dataclass(frozen=True, slots=True)
class _Defaults:
    source: str
    sink: str


def listing() -> tuple[Device, ...] | Failure:
    """Every source of the server: microphones, and the monitors of what is played."""
    with _lock:
        pulse = _pulse()
        if pulse is None:
            return NO_SERVER
        try:
            return _sources(pulse)
        except (RuntimeError, AssertionError, KeyError):
            return NO_SERVER


def listen(device: Device, mouth: Mouth, go_on: Callable[[], bool]) -> str:
    """Hand on what is heard until `go_on` says no or the device is lost; returns why, or ""."""
    with _lock:
        pulse = _pulse()
    if pulse is None:
        return NO_SERVER.reason
    try:
        with _recorder(pulse, device) as recorder:
            mouth.opened(device)
            while go_on():
                if recorder.ready(LOOK_S):
                    mouth.sound(recorder.fetch())
                elif not recorder.alive:
                    return f"{device.name} has gone"
    except (RuntimeError, AssertionError, TypeError):
        return f"{device.name} cannot be opened"
    return ""


def _pulse() -> Any | None:
    """Soundcard's module with a connection that works; None without a server."""
    if _absent.is_set():
        return None
    try:
        import soundcard.pulseaudio as module  # noqa: PLC0415 - connects when imported
    except (ImportError, OSError, AssertionError):  # no libpulse; no server
        _absent.set()
        return None
    good = module._pa.PA_CONTEXT_READY
    if module._pulse._pa_context_get_state(module._pulse.context) == good:
        return module
    return module if _connect_again(module) else None


def _connect_again(module: Any) -> bool:
    """A server that was restarted needs a new connection; soundcard keeps the old one for ever."""
    fresh = module._PulseAudio.__new__(module._PulseAudio)
    try:
        fresh.__init__()
    except AssertionError:
        module._pa.pa_threaded_mainloop_stop(fresh.mainloop)
        module._pa.pa_threaded_mainloop_free(fresh.mainloop)
        return False
    atexit.unregister(module._pulse._shutdown)
    module._pulse = fresh
    atexit.register(fresh._shutdown)
    return True


def _sources(module: Any) -> tuple[Device, ...]:
    ffi, pulse = module._ffi, module._pulse
    found: list[tuple[str, str, int, int, str | None]] = []

    def text(pointer: object) -> str:
        raw: bytes = ffi.string(pointer)
        return raw.decode("utf-8", "replace")

    @ffi.callback("pa_source_info_cb_t")  # type: ignore[untyped-decorator]
    def each(_context: object, info: Any, eol: int, _data: object) -> None:
        if not eol:
            sink = None if info.monitor_of_sink_name == ffi.NULL else info.monitor_of_sink_name
            spec = info.sample_spec
            played = None if sink is None else text(sink)
            name = text(info.description)
            found.append((text(info.name), name, spec.rate, spec.channels, played))

    pulse._pa_context_get_source_info_list(pulse.context, each, ffi.NULL)
    server = pulse.server_info
    defaults = _Defaults(server["default source id"], server["default sink id"])
    return tuple(
        Device(
            index=number,
            name=name,
            id=known_as,
            rate_hz=rate_hz,
            channels=channels,
            loopback=played is not None,
            default=known_as == defaults.source if played is None else played == defaults.sink,
            way=Way.SERVER,
        )
        for number, (known_as, name, rate_hz, channels, played) in enumerate(found)
    )


def _recorder(module: Any, device: Device) -> Any:
    """A recorder of soundcard's that stays on its device and does not wait for ever."""
    pa, pulse = module._pa, module._pulse

    class Recorder(module._Recorder):  # type: ignore[misc]
        def _connect_stream(self, buffer: object) -> None:
            @module._ffi.callback("pa_stream_request_cb_t")  # type: ignore[untyped-decorator]
            def came(_stream: object, _bytes: int, _data: object) -> None:
                self._record_event.set()

            self._callback = came  # libpulse holds no reference to it
            pulse._pa_stream_set_read_callback(self.stream, came, module._ffi.NULL)
            flags = pa.PA_STREAM_ADJUST_LATENCY | pa.PA_STREAM_DONT_MOVE
            pulse._pa_stream_connect_record(self.stream, self._id.encode(), buffer, flags)

        @property
        def alive(self) -> bool:
            state = pulse._pa_stream_get_state(self.stream)
            return bool(state == pa.PA_STREAM_READY)

        def ready(self, timeout_s: float) -> bool:
            """Whether something came, at the latest after that time."""
            self._record_event.clear()
            if self._readable():
                return True
            self._record_event.wait(timeout_s)
            return self._readable()

        def fetch(self) -> NDArray[np.float32]:
            chunk = self._record_chunk()
            flat = np.zeros(0, np.float32) if chunk is None else chunk
            return np.reshape(flat, (-1, self.channels))

        def _readable(self) -> bool:
            """Libpulse says (size_t)-1 once the stream is no longer good."""
            came: int = self.alive and pulse._pa_stream_readable_size(self.stream)
            return bool(came)

    return Recorder(
        device.id, device.rate_hz, device.channels, max(1, device.rate_hz // FRAGMENTS_PER_S)
    )
