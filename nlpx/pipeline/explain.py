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
from nlpx.pipeline.given import read_given
from nlpx.pipeline.inference import first_split
from nlpx.runs import Run
from nlpx.stats.units import texts
from nlpx.task import Task

FIGURES = "explanations/metrics.json"
"""File of a run that keeps a record of figures for each choice of texts, methods, unit and target."""


class Texts(NamedTuple):
    """Texts to explain.

    Attributes:
        title: where they come from.
        of: how many there were before `limit` thinned them out; None for the first lines of a file, where nobody knows.
        file: the path of a file that is no split of the run's config.
        limit: how many were wanted at most.
    """

    title: str
    examples: list[Any]
    of: int | None
    file: str | None = None
    limit: int | None = None

    @property
    def described(self) -> str:
        """Their number, and how they were sampled."""
        count = len(self.examples)
        if self.of is None:
            return f"{'the first ' if count == self.limit else ''}{texts(count)} of {self.title}"
        if count == self.of:
            return f"{texts(count)} of {self.title}"
        return f"{count:,} of {self.of:,} texts of {self.title}, evenly spaced"


def texts_of(
    task: Task[Any, Any],
    data: Path | None = None,
    limit: int | None = None,
    *,
    skip_bad: bool | None = None,
) -> Texts:
    """The texts of a file, or else of the run's dev split (test where it has no dev), evenly thinned out.

    Raises:
        DataError: the file is unreadable, or the config names no split.
    """
    if data is not None:
        found = _thinned(data.name, read_given(task, data, skip_bad=skip_bad), limit)
        return found._replace(file=str(data.absolute()))
    split, examples = first_split(task, ("dev", "test"))
    if split:
        return _thinned(split, examples, limit)
    raise DataError(
        "the run's config names neither data.dev nor data.test", "name texts with --text, --input or --data"
    )


def _thinned(title: str, examples: Sequence[Any], limit: int | None) -> Texts:
    count = len(examples)
    if limit is None or limit >= count:
        return Texts(title, list(examples), count, limit=limit)
    chosen = [examples[number * count // limit] for number in range(limit)]
    return Texts(title, chosen, count, limit=limit)


def judge_run(
    run: Run,
    explainer: Explainer,
    texts: Texts,
    *,
    methods: Sequence[str],
    unit: UnitName,
    target: str,
    told: Callable[[int], None] = lambda count: None,
) -> dict[str, Any]:
    """Judge the maps of a run on texts, and keep the figures in the run's folder.

    They take the place of those that were measured with the same settings.

    Raises:
        RunError: the file with the figures so far is damaged.
    """
    kept = _kept(run)  # before the work, which may take an hour
    chosen = choose(explainer, *methods)
    settings = {
        "texts": texts.title,
        "file": texts.file,
        "limit": texts.limit,
        "methods": [one.name for one in chosen],
        "unit": unit,
        "target": target,
    }
    figures = judge(explainer, texts.examples, chosen, unit=unit, target=target, told=told)
    if not figures["decisions"]:
        raise DataError(
            f"the model decides nothing in {texts.described}, so there are no maps to judge",
            "name other texts",
        )
    figures = {"settings": settings, "sample": texts.described} | figures
    run.write_json(FIGURES, [*(one for one in kept if one.get("settings") != settings), figures])
    return figures


def _kept(run: Run) -> list[dict[str, Any]]:
    """The figures so far; earlier versions kept an object by the name of the texts, without settings."""
    if not (run.path / FIGURES).exists():
        return []
    found = run.read_json(FIGURES)
    return list(found.values()) if isinstance(found, dict) else list(found)
