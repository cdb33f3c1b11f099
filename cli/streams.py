"""Files and pipes to read texts from and to write records to; `-` is stdin or stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

from nlpx.errors import DataError, UsageError

STDIO = "-"
T = TypeVar("T")


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

    Bytes that are no UTF-8 stay in the line as lone surrogates, so that whoever takes it apart can name it.
    """
    if name == STDIO:
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")  # type: ignore[union-attr]
        if is_dialogue(name):
            sys.stderr.write("type a text and press Enter; Ctrl-D ends\n")
        yield iter(sys.stdin)
        return
    try:
        file = Path(name).open(encoding="utf-8", errors="surrogateescape", newline="\n")  # noqa: SIM115 - closed below
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror}", "check who may read it") from error
    with file:
        yield iter(file)


def unless_all_bad(texts: Iterable[T], bad: Sequence[str], shown: int = 3) -> Iterator[T]:
    """The texts that are left of some lines.

    Args:
        bad: what was wrong with those that were left out so far.

    Raises:
        DataError: none is left.
    """
    some = False
    for text in texts:
        some = True
        yield text
    if bad and not some:
        more = [f"… and {len(bad) - shown:,} more"] if len(bad) > shown else []
        raise DataError(
            "every line is bad, so nothing is left", "correct them, see above", [*bad[:shown], *more]
        )


def say_skipped(bad: Sequence[str], shown: int = 3) -> None:
    """How many lines were left out, and the first of them."""
    from nlpx.cli.console import say

    if not bad:
        return
    say(f"left out {len(bad):,} bad line{'s' if len(bad) > 1 else ''}:")
    for line in bad[:shown]:
        say(f"  {line}")
    if len(bad) > shown:
        say(f"  … and {len(bad) - shown:,} more")


def check_output(name: str, *, force: bool) -> None:
    """Refuse a file that cannot be written, or that is there already, before any work is done for it.

    Args:
        force: replace it.

    Raises:
        UsageError: it is a folder, there is no folder for it, or it is there and `force` is not.
    """
    path = Path(name)
    if name == STDIO:
        return
    if path.is_dir():
        raise UsageError(f"{name} is a folder", "name a file")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"there is no folder {path.resolve().parent}", "make it, or name another file")
    check_new(path, force=force)


def check_new(path: Path, *, force: bool) -> None:
    """Refuse to replace a file; a device or a pipe is written to, not replaced.

    Raises:
        UsageError: it is there, and `force` is not.
    """
    if path.is_file() and not force:
        raise UsageError(f"{path}: is there already", "name another file, or replace it with --force")


@contextmanager
def writing(name: str) -> Iterator[IO[str]]:
    """UTF-8 text; a file appears when it is complete, or not at all. `check_output` comes first."""
    path = Path(name)
    if name == STDIO:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        yield sys.stdout
    elif path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
    else:
        from nlpx.runs.atomic import atomic_writer

        with atomic_writer(path.resolve()) as file:  # a link stays one
            yield file
