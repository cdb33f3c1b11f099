"""What `nlpx explain` does: texts in, maps out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpx.cli.explain_texts import Wanted, all_texts, examples_of
from nlpx.cli.streams import STDIO, check_output

if TYPE_CHECKING:
    from nlpx.explain.outputs import Sink
    from nlpx.runs import Run

# === Maps ===


def explain_run(run: Run, wanted: Wanted) -> None:
    """Explain texts, and show the maps or write them."""
    from nlpx.cli.streams import is_dialogue
    from nlpx.explain.choice import choose
    from nlpx.explain.explain import CHUNK, explain_with
    from nlpx.pipeline.inference import open_run

    paths = _paths(wanted)
    task, predictor = open_run(run)
    explainer = task.explainer(predictor)
    methods = choose(explainer, *wanted.methods)
    size = 1 if wanted.lines is not None and is_dialogue(wanted.lines) else CHUNK
    with ExitStack() as stack:
        title, examples = stack.enter_context(examples_of(task, wanted))
        names = [method.name for method in methods]
        sinks = stack.enter_context(_sinks(wanted, paths, f"{run.ref}: {title}", names))
        texts = without = count = 0
        for maps in explain_with(
            explainer, examples, methods, unit=wanted.unit, target=wanted.target, size=size
        ):
            texts, without, count = texts + 1, without + (not maps), count + len(maps)
            for sink in sinks:
                sink(maps)
    _say_without(texts, without, wanted)
    _say_paths(paths, count)


def _paths(wanted: Wanted) -> list[Path]:
    """The files to write; UsageError where they cannot be, or are there already."""
    from nlpx.explain.outputs import paths_of

    paths = [] if wanted.output in (None, STDIO) else paths_of(str(wanted.output))
    for path in paths:
        check_output(str(path), force=wanted.force)
    return paths


def _say_without(texts: int, without: int, wanted: Wanted) -> None:
    from nlpx.cli.console import say
    from nlpx.explain.explainer import GOLD

    if without:
        which = "this text" if texts == 1 else f"{without:,} of {texts:,} texts"
        found = f"the model found nothing in {which}"
        if wanted.target == GOLD:
            unread = "; labels are read from --data" if wanted.texts or wanted.lines else ""
            found = f"nothing is marked in {which}{unread}"
        say(f"{found}, so there is nothing to explain")


@contextmanager
def _sinks(wanted: Wanted, paths: list[Path], title: str, methods: list[str]) -> Iterator[list[Sink]]:
    from nlpx.explain.outputs import lines_to, opened

    if wanted.output is None:
        _say_legends(methods)
        yield [_terminal()]
    elif wanted.output == STDIO:
        from nlpx.cli.streams import writing

        with writing(STDIO) as file:
            yield [lines_to(file)]
    else:
        with opened(paths, title, methods) as sinks:
            yield sinks


def _say_legends(methods: list[str]) -> None:
    """What the colours mean of methods that do not speak for or against, which the help tells."""
    from nlpx.cli.console import say
    from nlpx.explain.legend import SIGNED, legends

    for legend, names in legends(methods):
        if legend != SIGNED:
            below = f", blue: {legend.below}" if legend.below else ""
            say(f"{names}: orange: {legend.above}{below}")


def _terminal() -> Sink:
    from nlpx.cli.console import ResultConsole
    from nlpx.cli.heatmap import show_map

    console = ResultConsole(highlight=False)

    def show(maps: Any) -> None:
        for one in maps:
            show_map(one, console)

    return show


def _say_paths(paths: list[Path], count: int) -> None:
    """Where the maps are, and that pictures hold fewer of them."""
    import typer

    from nlpx.cli.console import say
    from nlpx.explain.outputs import PICTURE_MAPS, is_picture

    if count > PICTURE_MAPS and any(map(is_picture, paths)):
        say(f"a picture shows {PICTURE_MAPS} of {count:,} maps")
    for path in paths:
        typer.echo(str(path))


# === Figures ===


def evaluate_run(run: Run, wanted: Wanted) -> None:
    """Judge the maps of all methods, or of one, and print the figures."""
    from nlpx.cli.show import show_metrics
    from nlpx.explain.quality.table import legend, rows
    from nlpx.pipeline.explain import judge_run
    from nlpx.pipeline.inference import open_run

    task, predictor = open_run(run)
    explainer = task.explainer(predictor)
    texts = all_texts(task, wanted)
    with _counting(len(texts.examples)) as told:
        figures = judge_run(
            run,
            explainer,
            texts,
            methods=("all",) if wanted.methods == ("auto",) else wanted.methods,
            unit=wanted.unit,
            target=wanted.target,
            told=told,
        )
    show_metrics(
        f"{run.ref} on {figures['sample']}, target {figures['target']}", rows(figures), legend(figures)
    )


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
