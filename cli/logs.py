"""What `--verbose` does: the log goes to stderr too, and bugs show their traceback."""

from __future__ import annotations

import logging
import sys

log = logging.getLogger("nlpx")


class _Stderr(logging.StreamHandler):
    """Writes to whatever stderr is at the time."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))

    @property
    def stream(self) -> object:
        return sys.stderr


_handler = _Stderr()


def set_verbose(wanted: bool) -> None:
    """Turn it on or off."""
    if wanted:
        log.addHandler(_handler)
        log.setLevel(logging.INFO)
    else:
        log.removeHandler(_handler)


def verbose() -> bool:
    """Whether it is on."""
    return _handler in log.handlers
