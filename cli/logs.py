"""What of the log goes to stderr: warnings always, with `--verbose` everything but errors, which `failures` reports."""

from __future__ import annotations

import logging
import sys

log = logging.getLogger("nlpx")

PLAIN = logging.Formatter("warning: %(message)s")
TIMED = logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S")


class _Stderr(logging.StreamHandler):
    """Writes to whatever stderr is at the time."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> object:
        return sys.stderr


_handler = _Stderr()
_handler.addFilter(lambda record: record.levelno < logging.ERROR)


def set_verbose(wanted: bool) -> None:
    """Turn it on or off; also bugs show their traceback where it is on."""
    _handler.setLevel(logging.INFO if wanted else logging.WARNING)
    _handler.setFormatter(TIMED if wanted else PLAIN)
    log.addHandler(_handler)  # once, however often it is added
    if wanted:
        log.setLevel(logging.INFO)


def verbose() -> bool:
    """Whether it is on."""
    return _handler.level == logging.INFO
