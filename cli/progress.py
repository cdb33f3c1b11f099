"""How training shows itself: a live bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

from nlpx.training.live_progress import LiveProgress
from nlpx.training.progress import PlainProgress, Progress


def make_progress() -> Progress:
    """A listener that writes to stderr, so that stdout holds results only."""
    from nlpx.cli.console import error_console

    console = error_console()
    if console.is_terminal:
        return LiveProgress(console)
    return PlainProgress(lambda line: console.print(line, markup=False))
