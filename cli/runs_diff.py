"""How `nlpx runs diff` looks: two runs side by side, and whether one is better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from nlpx.cli.runs_show import say_left_out
from nlpx.cli.tables import print_table, to_json
from nlpx.runs.compare import compare, is_of_split
from nlpx.runs.diff import MISSING
from nlpx.runs.render import MISSING_MARK, value_text
from nlpx.runs.run import Run
from nlpx.stats.units import change_text, score_text, texts

if TYPE_CHECKING:
    from nlpx.pipeline.difference import Difference


def show_diff(a: Run, b: Run, *, as_json: bool) -> None:
    """Config, origin, files and scores of two runs, side by side, and how sure the difference of the main metric is."""
    from nlpx.pipeline.difference import difference

    found, apart = compare(a, b), difference(a, b)
    if as_json:
        parts: dict[str, Any] = {part: [_pair(*item) for item in items] for part, items in found.items()}
        told = {"why_not": apart} if isinstance(apart, str) else apart._asdict()
        typer.echo(to_json(parts | {"difference": told}))
        return
    columns = (a.path.name, b.path.name)
    for part, text in (("config", value_text), ("origin", value_text), ("files", _file_text)):
        cells = [(key, text(old), text(new)) for key, old, new in found[part]]
        if cells:
            print_table((part, *columns), cells, fold=(part, *columns))
        else:
            typer.echo(f"{part}: no difference")
        typer.echo()
    _show_scores(columns, found["metrics"])
    typer.echo()
    typer.echo(f"no interval of the difference: {apart}" if isinstance(apart, str) else _told(apart, columns))


def _show_scores(columns: tuple[str, str], metrics: list[tuple[str, Any, Any]]) -> None:
    shown = [item for item in metrics if is_of_split(item[0])]
    rows = [(key, _score(key, old), _score(key, new), _change(key, old, new)) for key, old, new in shown]
    print_table(("metric", *columns, "change"), rows, numbers=(*columns, "change"), fold=("metric", *columns))
    say_left_out(len(metrics) - len(shown))


def _told(apart: Difference, columns: tuple[str, str]) -> str:
    name = apart.metric
    value, low, high = (change_text(name, 0.0, one) for one in (apart.value, apart.low, apart.high))
    better = columns[1] if apart.low > 0 else columns[0] if apart.high < 0 else "neither"
    return (
        f"{name}: {value}, 95 % interval [{low}, {high}]\n"
        f"by {apart.resamples:,} paired resamples of the {texts(apart.texts)}; {better} is surely better"
    )


def _pair(key: str, old: Any, new: Any) -> dict[str, Any]:
    pair = {"key": key}
    if old is not MISSING:
        pair["a"] = old
    if new is not MISSING:
        pair["b"] = new
    return pair


def _file_text(file: Any) -> str:
    """The name of a file and the beginning of its SHA-256, by which files are told apart."""
    if file is MISSING:
        return MISSING_MARK
    return f"{Path(file.get('path', '?')).name} {str(file.get('sha256', '?'))[:8]}"


def _score(key: str, value: float | None) -> str:
    return MISSING_MARK if value is None else score_text(key, value)


def _change(key: str, old: float | None, new: float | None) -> str:
    return MISSING_MARK if old is None or new is None else change_text(key, old, new)
