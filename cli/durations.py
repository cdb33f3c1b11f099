"""Durations as people type them: 90s, 45m, 2h30m, 1d."""

from __future__ import annotations

import re

from nlpx.errors import UsageError

_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_PATTERN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", re.ASCII)


def parse_duration(text: str) -> int:
    """Seconds meant by a duration such as ``2h30m``; a number without a unit is seconds.

    Raises:
        UsageError: the text is no duration, or zero.
    """
    match = _PATTERN.fullmatch(re.sub(r"\s+", "", text.lower()))
    seconds = (
        sum(int(n or 0) * _SECONDS[u] for n, u in zip(match.groups(), "dhms", strict=True)) if match else 0
    )
    if seconds <= 0:
        raise UsageError(f"{text!r} is no duration", "write it like 90s, 45m or 2h30m")
    return seconds
