"""Consoles that know what to do when the reader of a pipe has gone.

rich would end the process with 1. On stdout that means "enough", and the command ends well; on stderr it means that
nobody looks at the progress any more, which is no reason to stop a training.
"""

from __future__ import annotations

from rich.console import Console

from nlpx.cli.failures import close_quietly


class ResultConsole(Console):
    """Stdout."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class ErrorConsole(Console):
    """Stderr."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        close_quietly(self.file)


def result_console() -> Console:
    """For results; long lines are left to the terminal, so that they can be copied."""
    return ResultConsole(highlight=False, soft_wrap=True)


def error_console() -> Console:
    """For progress and errors."""
    return ErrorConsole(stderr=True, highlight=False, soft_wrap=True)


def say(line: str) -> None:
    """A line on stderr, as it is."""
    error_console().print(line, markup=False)
