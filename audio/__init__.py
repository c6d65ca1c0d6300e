"""Sound in: recorded files to blocks, frames and utterances. Knows nothing of negotiation."""

import os

# ONNX Runtime (Silero runs on it) reports usage to its maker unless told not to before it starts:
# it writes a device id and a queue of events into the user's cache. Nothing leaves this machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
