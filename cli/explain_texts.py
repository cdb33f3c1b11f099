"""What `nlpx explain` was asked for, and the texts it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nlpx.cli.streams import STDIO
from nlpx.errors import UsageError

if TYPE_CHECKING:
    from nlpx.pipeline.explain import Texts
    from nlpx.task import Task

SHOWN = 10
"""Texts of a split that a terminal shows where nobody says how many."""


@dataclass(frozen=True)
class Wanted:
    """The command line, see `nlpx explain --help`."""

    texts: tuple[str, ...]
    input: str | None
    data: Path | None
    methods: tuple[str, ...]
    unit: Literal["auto", "char", "word"]
    target: str
    output: str | None
    limit: int | None
    force: bool = False
    skip_bad: bool = False

    def check(self, *, evaluate: bool) -> None:
        """Refuse options that contradict each other, and an input that cannot be read.

        Raises:
            UsageError: there are two sources of texts, or an output of figures that are printed.
            DataError: there is no such file.
        """
        sources = {"--text": self.texts or None, "--input": self.input, "--data": self.data}
        given = [name for name, value in sources.items() if value is not None]
        if len(given) > 1:
            raise UsageError(f"{given[0]} and {given[1]} both name texts to explain", "leave out one of them")
        if evaluate and (self.texts or self.output is not None):
            unwanted = "--output" if self.output is not None else "--text"
            raise UsageError(
                f"--evaluate prints figures of many texts and has no use for {unwanted}",
                f"leave out {unwanted}",
            )
        if self.input is not None:
            from nlpx.cli.streams import check_input

            check_input(self.input)
        if self.data is not None:
            from nlpx.config.paths import require_file

            require_file(self.data)
        if self.texts and self.limit is not None:
            raise UsageError("--limit has no use for texts that are named with --text", "leave out --limit")

    @property
    def file(self) -> Path | None:
        """A file in a format of the task."""
        from nlpx.pipeline.given import is_data_file

        if self.input is not None and self.input != STDIO and is_data_file(Path(self.input)):
            return Path(self.input)
        return self.data

    @property
    def lines(self) -> str | None:
        """A file, or -, with a text or a JSON object a line."""
        return self.input if self.file is None else None


@contextmanager
def examples_of(task: Task[Any, Any], wanted: Wanted) -> Iterator[tuple[str, Iterable[Any]]]:
    """Where the texts come from, and they, one after the other."""
    from nlpx.cli.console import say
    from nlpx.cli.streams import reading, say_skipped, unless_all_bad
    from nlpx.pipeline.explain import texts_of

    if wanted.texts:
        count = len(wanted.texts)
        yield "one text" if count == 1 else f"{count:,} texts", task.stream(wanted.texts, source="--text")
    elif wanted.lines is not None:
        with reading(wanted.lines) as lines:
            name = "stdin" if wanted.lines == STDIO else wanted.lines
            first = "" if wanted.limit is None else f"up to {wanted.limit:,} texts from the beginning of "
            bad: list[str] = []
            texts = task.stream(lines, source=name, on_bad=bad.append if wanted.skip_bad else None)
            yield f"{first}{Path(name).name}", islice(unless_all_bad(texts, bad), wanted.limit)
        say_skipped(bad)
    else:
        short = wanted.limit is None and wanted.output is None
        found = texts_of(task, wanted.file, SHOWN if short else wanted.limit, skip_bad=wanted.skip_bad)
        if short and found.of is not None and len(found.examples) < found.of:
            say(f"{found.described}; for more say --limit N or --output PATH")
        yield found.described, found.examples


def all_texts(task: Task[Any, Any], wanted: Wanted) -> Texts:
    """All texts at once, for figures."""
    from nlpx.pipeline.explain import Texts, texts_of

    if wanted.lines is None:
        return texts_of(task, wanted.file, wanted.limit, skip_bad=wanted.skip_bad)
    with examples_of(task, wanted) as (_, examples):
        found = list(examples)
    if wanted.lines == STDIO:
        return Texts("stdin", found, None, STDIO, wanted.limit)
    path = Path(wanted.lines)
    return Texts(path.name, found, None, str(path.absolute()), wanted.limit)
