"""A sign of life every second, whatever keeps the main thread busy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from nlpx.training.progress import Progress

SECONDS = 1.0


@contextmanager
def heartbeat(progress: Progress) -> Iterator[None]:
    """Tell `progress` every second that the work inside goes on, and when it has ended."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(SECONDS):
            progress.tick()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        progress.end()
