"""The one place where errors become text and exit codes.

0 ok · 1 bug · 2 usage · 3 config · 4 data · 5 run busy or missing, disk or memory full · 6 submission refused ·
130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

from nlpx.errors import NlpxError, RunError

EXIT_BUG = 1
EXIT_INTERRUPTED = 130
LONGEST = 300
"""Characters of a bug's own message that are shown; the traceback has the rest."""

NAMES = ("Chinese", "English", "Python")
"""Words that keep their capital letter."""

# What the machine refuses is no bug, wherever it happens.
MACHINE = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EIO,
    errno.EMFILE,
)


class ErrorGroup(TyperGroup):
    """Runs a command and maps what it raises to an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()  # here, where a closed pipe is expected, and not when the interpreter ends
            return result
        except NlpxError as error:
            report(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            report_interrupt(error)
            raise typer.Exit(EXIT_INTERRUPTED) from error
        except BrokenPipeError as error:
            # The reader of our pipe has gone (`nlpx predict | head`): nothing is wrong.
            close_quietly(sys.stdout)
            raise typer.Exit(0) from error
        except OSError as error:
            if error.errno not in MACHINE:
                raise
            if error.filename is None:
                close_quietly(sys.stdout)  # what was left in it will not fit any better at exit
            refused = machine_error(error)
            report(refused)
            raise typer.Exit(refused.exit_code) from error


def report(error: NlpxError) -> None:
    """Print an error on stderr: the sentence, its details, and the advice."""
    _say("[bold red]error:[/] ", error.what)
    for line in error.details:
        _say("  ", line)
    if error.todo:
        _say("[dim]→[/] ", hint(error.todo))


def hint(todo: str) -> str:
    """An advice as all of them read behind their arrow, however it was written: a small letter first, no full stop."""
    word = todo.partition(" ")[0]
    if (word == "A" or word[1:].islower()) and word.isalpha() and word not in NAMES:
        todo = word.lower() + todo[len(word) :]
    return todo.removesuffix(".") if ". " not in todo else todo


def report_interrupt(error: KeyboardInterrupt) -> None:
    """Say that Ctrl-C has worked, where things stand, and how to go on."""
    _say("[bold]interrupted[/]", f": {error}" if str(error) else "")
    for note in notes(error):
        _say("[dim]→[/] ", note)


def report_bug(error: Exception) -> int:
    """Say that something went wrong that should not, and where its traceback is; the exit code."""
    from nlpx.cli.logs import verbose

    if verbose():
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    if is_out_of_memory(error):
        refused = RunError(
            "there is not enough memory",
            "take a smaller training.batch_size, shorter texts or blocks (lengths.max_length, objective.length), or a "
            "smaller model",
        )
        report(refused)
        for note in notes(error):
            _say("[dim]→[/] ", note)
        return refused.exit_code
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = f"{type(error).__name__}: {lines[0] if lines else ''}".removesuffix(": ")
    _say("[bold red]error:[/] ", f"this is a bug in nlpx: {text[:LONGEST]}")
    for note in notes(error) or ([] if verbose() else ["to see where it happened, add --verbose"]):
        _say("[dim]→[/] ", note)
    return EXIT_BUG


def is_out_of_memory(error: Exception) -> bool:
    """Whether Python, TensorFlow or JAX could not get the memory that it asked for."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return True
    return type(error).__name__ in ("XlaRuntimeError", "JaxRuntimeError") and "RESOURCE_EXHAUSTED" in str(
        error
    )


def machine_error(error: OSError) -> NlpxError:
    """A refusal of the operating system as an error a user can act on."""
    from nlpx.runs.atomic import REFUSALS

    name = error.filename if isinstance(error.filename, str | bytes) else "the output"
    reason = REFUSALS.get(error.errno or 0, error.strerror)
    return RunError(f"{os.fsdecode(name)}: {reason}", "make room, or check who may read and write there")


def notes(error: BaseException) -> list[str]:
    """What was added to an exception on its way up."""
    return list(getattr(error, "__notes__", ()))


def close_quietly(stream: Any) -> None:
    """Point a stream that takes no more at nothing, so that flushing it at exit stays silent too."""
    with suppress(OSError, ValueError, AttributeError):  # not a file, or closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _say(markup: str, text: str) -> None:
    from rich.markup import escape

    from nlpx.cli.console import error_console

    error_console().print(f"{markup}{escape(text)}")
