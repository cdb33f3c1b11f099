"""What `nlpx explain` does: texts in, maps out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nlpx.errors import UsageError

if TYPE_CHECKING:
    from nlpx.explain.outputs import Sink
    from nlpx.pipeline.explain import Texts
    from nlpx.runs import Run
    from nlpx.task import Task

STDIO = "-"
TABLES = (".tsv", ".csv")
SHOWN = 10
"""Texts of a split that a terminal shows where nobody says how many."""


@dataclass(frozen=True)
class Wanted:
    """The command line, see `nlpx explain --help`."""

    text: str | None
    input: str | None
    data: Path | None
    method: str
    unit: Literal["auto", "char", "word"]
    target: str
    output: str | None
    limit: int | None

    def check(self, *, evaluate: bool) -> None:
        """Refuse options that contradict each other.

        Raises:
            UsageError: there are two sources of texts, or an output of figures that are printed.
        """
        given = [name for name in ("text", "input", "data") if getattr(self, name) is not None]
        if len(given) > 1:
            raise UsageError(
                f"--{given[0]} and --{given[1]} both name texts to explain", "leave out one of them"
            )
        if evaluate and (self.text is not None or self.output is not None):
            unwanted = "--output" if self.output is not None else "--text"
            raise UsageError(
                f"--evaluate prints figures of many texts and has no use for {unwanted}",
                f"leave out {unwanted}",
            )

    @property
    def file(self) -> Path | None:
        """A file in a format of the task."""
        is_table = self.input is not None and self.input.lower().endswith(TABLES)
        return Path(self.input) if self.input is not None and is_table else self.data

    @property
    def lines(self) -> str | None:
        """A file, or -, with a text or a JSON object a line."""
        return self.input if self.file is None else None


# === Maps ===


def explain_run(run: Run, wanted: Wanted) -> None:
    """Explain texts, and show the maps or write them."""
    from nlpx.cli.streams import is_dialogue
    from nlpx.explain.choice import choose
    from nlpx.explain.explain import CHUNK, explain_with
    from nlpx.explain.outputs import paths_of
    from nlpx.pipeline.inference import open_run

    paths = [] if wanted.output in (None, STDIO) else paths_of(str(wanted.output))
    _check_lines(wanted)
    task, predictor = open_run(run)
    explainer = task.explainer(predictor)
    methods = choose(explainer, wanted.method)
    size = 1 if wanted.lines is not None and is_dialogue(wanted.lines) else CHUNK
    with ExitStack() as stack:
        title, examples = stack.enter_context(_examples(task, wanted))
        sinks = stack.enter_context(_sinks(wanted, paths, f"{run.ref}: {title}"))
        texts = without = 0
        for maps in explain_with(
            explainer, examples, methods, unit=wanted.unit, target=wanted.target, size=size
        ):
            texts, without = texts + 1, without + (not maps)
            for sink in sinks:
                sink(maps)
    _say_without(texts, without)
    _say_paths(paths)


def _say_without(texts: int, without: int) -> None:
    from nlpx.cli.console import say

    if without:
        which = "this text" if texts == 1 else f"{without:,} of {texts:,} texts"
        say(f"the model found nothing in {which}, so there is nothing to explain")


@contextmanager
def _examples(task: Task[Any, Any], wanted: Wanted) -> Iterator[tuple[str, Iterable[Any]]]:
    """Where the texts come from, and they."""
    from nlpx.cli.console import say
    from nlpx.cli.streams import reading
    from nlpx.pipeline.explain import texts_of

    if wanted.text is not None:
        yield "one text", task.stream([wanted.text], source="--text")
    elif wanted.lines is not None:
        with reading(wanted.lines) as lines:
            name = "stdin" if wanted.lines == STDIO else wanted.lines
            first = "" if wanted.limit is None else f"up to {wanted.limit:,} texts from the beginning of "
            yield f"{first}{Path(name).name}", islice(task.stream(lines, source=name), wanted.limit)
    else:
        short = wanted.limit is None and wanted.output is None
        texts = texts_of(task, wanted.file, SHOWN if short else wanted.limit)
        if short and texts.of is not None and len(texts.examples) < texts.of:
            say(f"{texts.described}; for more say --limit N or --output PATH")
        yield texts.described, texts.examples


def _check_lines(wanted: Wanted) -> None:
    from nlpx.cli.streams import check_input

    if wanted.input is not None:
        check_input(wanted.input)


@contextmanager
def _sinks(wanted: Wanted, paths: list[Path], title: str) -> Iterator[list[Sink]]:
    from nlpx.explain.outputs import lines_to, opened

    if wanted.output is None:
        yield [_terminal()]
    elif wanted.output == STDIO:
        from nlpx.cli.streams import writing

        with writing(STDIO) as file:
            yield [lines_to(file)]
    else:
        with opened(paths, title) as sinks:
            yield sinks


def _terminal() -> Sink:
    from nlpx.cli.console import ResultConsole
    from nlpx.cli.heatmap import show_map

    console = ResultConsole(highlight=False)

    def show(maps: Any) -> None:
        for one in maps:
            show_map(one, console)

    return show


def _say_paths(paths: list[Path]) -> None:
    import typer

    for path in paths:
        typer.echo(str(path))


# === Figures ===


def evaluate_run(run: Run, wanted: Wanted) -> None:
    """Judge the maps of all methods, or of one, and print the figures."""
    from nlpx.cli.show import show_metrics
    from nlpx.explain.quality.table import rows
    from nlpx.pipeline.explain import judge_run
    from nlpx.pipeline.inference import open_run

    _check_lines(wanted)
    task, predictor = open_run(run)
    explainer = task.explainer(predictor)
    texts = _texts(task, wanted)
    with _counting(len(texts.examples)) as told:
        figures = judge_run(
            run,
            explainer,
            texts,
            method="all" if wanted.method == "auto" else wanted.method,
            unit=wanted.unit,
            target=wanted.target,
            told=told,
        )
    show_metrics(f"{run.ref} on {figures['sample']}, target {figures['target']}", rows(figures))


def _texts(task: Task[Any, Any], wanted: Wanted) -> Texts:
    from nlpx.pipeline.explain import Texts, texts_of

    if wanted.lines is None:
        return texts_of(task, wanted.file, wanted.limit)
    with _examples(task, wanted) as (_, examples):
        found = list(examples)
    if wanted.lines == STDIO:
        return Texts("stdin", found, None, STDIO, wanted.limit)
    path = Path(wanted.lines)
    return Texts(path.name, found, None, str(path.absolute()), wanted.limit)


@contextmanager
def _counting(total: int) -> Iterator[Callable[[int], None]]:
    """A listener that shows on a terminal how many texts are done."""
    from nlpx.cli.console import error_console

    console = error_console()
    if not console.is_terminal:
        yield lambda count: None
        return
    with console.status(f"0 of {total:,} texts") as status:
        yield lambda count: status.update(f"{count:,} of {total:,} texts")
