"""Ctrl-C that waits for the end of what must not be cut."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupted(KeyboardInterrupt):
    """Training was stopped by Ctrl-C, and its state is saved; the message says where."""


class Interrupts:
    """While entered, Ctrl-C inside a `held` block is raised at the block's end; elsewhere at once, as ever.

    Does nothing outside the main thread, or where the program deals with Ctrl-C itself.
    """

    def __init__(self) -> None:
        self._holding = self._asked = self._installed = False

    def __enter__(self) -> Interrupts:
        ours = threading.current_thread() is threading.main_thread()
        if ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._on_signal)
            self._installed = True
        return self

    def __exit__(self, *error: Any) -> None:
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep Ctrl-C waiting for the block.

        Raises:
            KeyboardInterrupt: at the block's end, if Ctrl-C came meanwhile.
        """
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._holding:
            raise KeyboardInterrupt
        self._asked = True
