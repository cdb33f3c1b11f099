"""The application object, and the one place where errors become text and exit codes."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from nlpx.errors import NlpxError

EXIT_BUG = 1
EXIT_DATA = 4
EXIT_INTERRUPTED = 130


def report(error: NlpxError) -> None:
    """Print an error on stderr: the sentence, its details, and the advice."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[bold red]error:[/] {_escape(error.what)}")
    for line in error.details:
        console.print(f"  {_escape(line)}")
    if error.todo:
        console.print(f"[dim]→[/] {_escape(error.todo)}")


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


class ErrorGroup(TyperGroup):
    """Runs a command and maps what it raises to an exit code.

    0 ok · 1 bug · 2 usage · 3 config · 4 data · 5 run busy or missing · 6 submission refused · 130 interrupted.
    """

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except NlpxError as error:
            report(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo("interrupted", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from error
        except BrokenPipeError as error:
            # The reader of our pipe has gone (`nlpx predict | head`): nothing is wrong. Point stdout at nothing so
            # that the interpreter's own flush at exit stays silent too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
                raise
            where = error.filename or "the disk"
            report(NlpxError(f"cannot write {where}: {error.strerror}", "free some space or choose another --runs-dir"))
            raise typer.Exit(EXIT_DATA) from error


def make_app() -> typer.Typer:
    """An empty application with the project's conventions."""
    return typer.Typer(
        name="nlpx",
        cls=ErrorGroup,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Run NLP competition experiments: one YAML file in, a versioned run folder out.",
        epilog="Start with: nlpx config init sequence_labeling ner.yaml",
    )
