"""Where maps go: JSON lines, a page, pictures, or a folder with all of them; text by text, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Protocol

from nlpx.errors import UsageError
from nlpx.explain.page import TAIL, articles, head
from nlpx.explain.picture import write_picture
from nlpx.explain.record import record
from nlpx.explain.saliency import Saliency
from nlpx.runs.atomic import atomic_writer

NAME = "saliency"
PICTURES = ("svg", "png")
KINDS = ("jsonl", "html", *PICTURES)
PAGE_TEXTS = 1000
"""Texts of a page; a browser has a hard time with more."""
PICTURE_MAPS = 8
"""Maps of a picture: what fits on a sheet of paper."""


class Sink(Protocol):
    """Takes the maps of one text after the other."""

    def __call__(self, maps: Sequence[Saliency]) -> None: ...


def paths_of(output: str) -> list[Path]:
    """The files of an output: the one that is named, or all kinds in a folder, which is made.

    Raises:
        UsageError: the name ends in something else than a kind of file, there is no folder for it, or a file stands
            where a folder should be made.
    """
    path = Path(output)
    kind = _kind(path)
    if output.endswith("/") or path.is_dir() or not kind:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{output}: cannot make this folder: {(error.strerror or str(error)).lower()}",
                "name another folder",
            ) from error
        return [path / f"{NAME}.{kind}" for kind in KINDS]
    if kind not in KINDS:
        raise UsageError(
            f"{output}: there is no output of the kind .{kind}",
            f"name a folder, or a file that ends in {', '.join(f'.{kind}' for kind in KINDS)}",
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {path.absolute().parent}", "make it, or name another file")
    return [path]


@contextmanager
def opened(paths: Sequence[Path], title: str, methods: Sequence[str] = ()) -> Iterator[list[Sink]]:
    """A sink for each file; the files are there when the block ends well. `methods` are what a page explains.

    Pictures are drawn after all other files are in place, so that one that fails takes nothing along.
    """
    pictures = [path for path in paths if is_picture(path)]
    drawn = _First()
    with ExitStack() as stack:
        others = [
            stack.enter_context(_opened(path, title, methods)) for path in paths if not is_picture(path)
        ]
        yield [*others, *([drawn] if pictures else [])]
    for path in pictures:
        shown = "" if drawn.of <= PICTURE_MAPS else f"   {PICTURE_MAPS} of {drawn.of:,} maps"
        write_picture(path, drawn.maps, f"{title}{shown}")


def is_picture(path: Path) -> bool:
    """Whether it holds so many maps as fit on a sheet only."""
    return _kind(path) in PICTURES


def _kind(path: Path) -> str:
    return path.suffix.lstrip(".").lower()


class _First:
    """A sink that keeps what a picture shows, and counts all that there was."""

    def __init__(self) -> None:
        self.maps: list[Saliency] = []
        self.of = 0

    def __call__(self, maps: Sequence[Saliency]) -> None:
        self.maps.extend(maps[: PICTURE_MAPS - len(self.maps)])
        self.of += len(maps)


@contextmanager
def _opened(path: Path, title: str, methods: Sequence[str]) -> Iterator[Sink]:
    with atomic_writer(path.resolve()) as file:  # a link stays one
        if _kind(path) == "jsonl":
            yield lines_to(file)
        else:
            pieces = _Page(file, title, methods)
            yield pieces.add
            pieces.end()


def lines_to(file: IO[str]) -> Sink:
    """A sink that writes a JSON object per map."""
    from nlpx.pipeline.inference import to_line

    return lambda maps: file.writelines(to_line(record(one)) for one in maps)


class _Page:
    """A page that is told its texts one by one."""

    def __init__(self, file: IO[str], title: str, methods: Sequence[str]) -> None:
        self.file, self.count = file, 0
        self.file.write(head(title, methods))

    def add(self, maps: Sequence[Saliency]) -> None:
        self.count += 1
        if self.count <= PAGE_TEXTS:
            self.file.writelines(articles(maps))

    def end(self) -> None:
        if self.count > PAGE_TEXTS:
            self.file.write(
                f"<p>The first {PAGE_TEXTS:,} of {self.count:,} texts; a file that ends in .jsonl holds them all.</p>"
            )
        self.file.write(TAIL)
