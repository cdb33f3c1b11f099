"""Files and pipes to read texts from and to write records to; `-` is stdin or stdout."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from nlpx.errors import DataError, UsageError

STDIO = "-"
_UNDECODED = re.compile("[\udc80-\udcff]")
"""How Python keeps bytes that are not UTF-8."""


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
def reading(name: str) -> Iterator[Iterator[str]]:
    """Lines of UTF-8 text that end with ``\\n`` only.

    Undecodable bytes become U+FFFD rather than an error in the middle of a pipe; how many lines had some is said at
    the end.
    """
    if name == STDIO:
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")  # type: ignore[union-attr]
        if is_dialogue(name):
            sys.stderr.write("type a text and press Enter; Ctrl-D ends\n")
        with _decoded(sys.stdin, name) as lines:
            yield lines
        return
    try:
        file = Path(name).open(encoding="utf-8", errors="surrogateescape", newline="\n")  # noqa: SIM115 - closed below
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror}", "check who may read it") from error
    with file, _decoded(file, name) as lines:
        yield lines


@contextmanager
def _decoded(file: IO[str], name: str) -> Iterator[Iterator[str]]:
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        for line in file:
            clean = line if line.isascii() else _UNDECODED.sub("\ufffd", line)
            count += clean != line
            yield clean

    yield lines()
    if count:
        from nlpx.cli.console import say

        say(
            f"{count:,} line{'s' if count > 1 else ''} of {'stdin' if name == STDIO else name} with bytes that are not "
            "UTF-8, read as \ufffd; convert the file first, as with: iconv -f GB18030 -t UTF-8"
        )


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
