"""What was said, what it means, what to say next: the engine, and the edges it works through."""

import audio as _first  # noqa: F401 - silences ONNX Runtime's reports before anything imports it
