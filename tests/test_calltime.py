from __future__ import annotations

import pytest

from assistant.calltime import clock


@pytest.mark.parametrize(
    ("at_s", "read"),
    [(-1.0, "0:00"), (0.0, "0:00"), (59.99, "0:59"), (725.0, "12:05"), (3753.0, "1:02:33")],
)
def test_the_second_that_began_is_read(at_s: float, read: str) -> None:
    assert clock(at_s) == read
