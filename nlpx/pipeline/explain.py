"""Explain a finished run: which texts, and where the figures of `--evaluate` go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nlpx.errors import DataError
from nlpx.explain.choice import choose
from nlpx.explain.explainer import Explainer
from nlpx.explain.quality.judge import judge
from nlpx.explain.units import UnitName
from nlpx.runs import Run
from nlpx.task import Task

FIGURES = "explanations/metrics.json"
"""File of a run that keeps the last figures of each source of texts."""


class Texts(NamedTuple):
    """Texts to explain.

    Attributes:
        title: where they come from.
        of: how many there were before `limit` thinned them out.
    """

    title: str
    examples: list[Any]
    of: int

    @property
    def described(self) -> str:
        """Their number, and how they were sampled."""
        if len(self.examples) == self.of:
            return f"{self.of:,} texts of {self.title}"
        return f"{len(self.examples):,} of {self.of:,} texts of {self.title}, evenly spaced"


def texts_of(task: Task[Any, Any], data: Path | None = None, limit: int | None = None) -> Texts:
    """The texts of a file, or else of the run's dev split (test where it has no dev), evenly thinned out.

    Raises:
        DataError: the file is unreadable, or the config names no split.
    """
    if data is not None:
        return _thinned(data.name, task.read_file(data)[0], limit)
    for split in ("dev", "test"):
        examples, _ = task.read(split)
        if examples:
            return _thinned(split, examples, limit)
    raise DataError(
        "the run's config names neither data.dev nor data.test", "name texts with --text, --input or --data"
    )


def _thinned(title: str, examples: Sequence[Any], limit: int | None) -> Texts:
    count = len(examples)
    if limit is None or limit >= count:
        return Texts(title, list(examples), count)
    return Texts(title, [examples[number * count // limit] for number in range(limit)], count)


def judge_run(
    run: Run,
    explainer: Explainer,
    texts: Texts,
    *,
    method: str,
    unit: UnitName,
    target: str,
    told: Callable[[int], None] = lambda count: None,
) -> dict[str, Any]:
    """Judge the maps of a run on texts, and keep the figures in the run's folder."""
    methods = choose(explainer, method)
    figures = judge(explainer, texts.examples, methods, unit=unit, target=target, told=told)
    figures = {"sample": texts.described} | figures
    kept = run.read_json(FIGURES) if (run.path / FIGURES).exists() else {}
    run.write_json(FIGURES, kept | {texts.title: figures})
    return figures
