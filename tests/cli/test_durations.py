"""Durations as people type them."""

from __future__ import annotations

import pytest

from nlpx.cli.durations import parse_duration
from nlpx.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("45m", 2700),
        ("2h30m", 9000),
        ("2H 30M", 9000),
        ("1d", 86400),
        ("1h0m5s", 3605),
    ],
)
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0h", "-5m", "1.5h", "h", "30m2h", "²", "٣m", "soon"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(UsageError, match="is no duration") as caught:
        parse_duration(text)
    assert caught.value.todo == "write it like 90s, 45m or 2h30m"
