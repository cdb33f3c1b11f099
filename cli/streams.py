"""Files and pipes to read texts from and to write records to; `-` is stdin or stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from nlpx.errors import DataError, UsageError

STDIO = "-"


def check_input(name: str) -> None:
    """Refuse what cannot be read, before a model is loaded for it.

    Raises:
        DataError: there is no such file; says what there is.
    """
    path = Path(name)
    if name == STDIO or (path.exists() and not path.is_dir()):  # a pipe is no file, but can be read
        return
    from nlpx.config.paths import require_file

    require_file(path)


def is_dialogue(name: str) -> bool:
    """Whether the lines are typed by hand."""
    return name == STDIO and sys.stdin.isatty()


@contextmanager
def reading(name: str) -> Iterator[IO[str]]:
    """Lines of UTF-8 text that end with ``\\n`` only.

    Undecodable bytes become U+FFFD rather than an error in the middle of a pipe.
    """
    if name == STDIO:
        sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
        if is_dialogue(name):
            sys.stderr.write("type a text and press Enter; Ctrl-D ends\n")
        yield sys.stdin
        return
    try:
        file = Path(name).open(encoding="utf-8", errors="replace", newline="\n")  # noqa: SIM115 - closed below
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror}", "check who may read it") from error
    with file:
        yield file


@contextmanager
def writing(name: str) -> Iterator[IO[str]]:
    """UTF-8 text; a file appears when it is complete, or not at all.

    Raises:
        UsageError: there is no folder for the file.
    """
    path = Path(name)
    if name == STDIO:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        yield sys.stdout
    elif path.exists() and not path.is_file():  # /dev/null or a pipe: to be written to, not to be replaced
        if path.is_dir():
            raise UsageError(f"{name} is a folder", "name a file")
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
    else:
        from nlpx.runs.atomic import atomic_writer

        target = path.resolve()  # a link stays one
        if not target.parent.is_dir():
            raise UsageError(f"there is no folder {target.parent}", "make it, or name another file")
        with atomic_writer(target) as file:
            yield file
