"""How training shows itself: a live bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

from nlpx.training.progress import LiveProgress, PlainProgress, Progress


def make_progress() -> Progress:
    """A listener that writes to stderr, so that stdout holds results only."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        return LiveProgress(console)
    return PlainProgress(lambda line: console.print(line, highlight=False, markup=False, soft_wrap=True))
