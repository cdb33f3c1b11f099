"""Write a submission and refuse it here rather than on the competition's page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlpx.errors import SubmissionError
from nlpx.pipeline.given import read_given
from nlpx.pipeline.inference import final_split, open_run, open_task, predict_examples
from nlpx.runs import Run
from nlpx.runs.atomic import atomic_json
from nlpx.task import Task

SHOWN = 10
"""How many bad lines an error lists."""

SMOKE_PREFIX = "smoke-"
"""Marks a submission that answers a few texts only, so that nobody uploads it by mistake."""


def write_checked_submission(
    run: Run,
    task: Task[Any, Any],
    examples: Sequence[Any],
    predictions: Sequence[Any],
    *,
    smoke: bool = False,
) -> Path:
    """Write ``submission/<file>`` and ``submission/check.json``.

    Raises:
        SubmissionError: the file breaks a rule of its format; lists the first bad lines.
    """
    path = run.submission_dir / f"{SMOKE_PREFIX if smoke else ''}{task.submission_name()}"
    task.write_submission(path, examples, predictions)
    problems = task.check_submission(path, examples)
    facts = {"file": path.name, "run": run.ref, "examples": len(examples), "smoke": smoke}
    atomic_json(path.with_name("check.json"), {**facts, "problems": problems})
    _refuse(path, problems)
    return path


def _refuse(path: Path, problems: Sequence[str]) -> None:
    if not problems:
        return
    more = len(problems) - SHOWN
    details = [*problems[:SHOWN], *([f"… and {more:,} more"] if more > 0 else [])]
    count = f"{len(problems):,} problem{'s' if len(problems) > 1 else ''}"
    raise SubmissionError(
        f"{path} would be refused: {count}", "correct these lines, or write it anew", details
    )


def submit(run: Run, data: Path | None = None) -> tuple[Path, int]:
    """Write and check the submission for `data`, else for the run's final split.

    Returns the file and the number of texts it answers.

    Raises:
        SubmissionError: see `write_checked_submission`.
    """
    task, predictor = open_run(run)
    examples = _examples(task, data)
    predictions = predict_examples(predictor, examples)
    return write_checked_submission(run, task, examples, predictions), len(examples)


def check(run: Run, path: Path, data: Path | None = None) -> int:
    """Check any file as the submission for `data`, else for the run's final split; the number of texts.

    Raises:
        SubmissionError: see `write_checked_submission`.
    """
    task = open_task(run)
    examples = _examples(task, data)
    _refuse(path, task.check_submission(path, examples))
    return len(examples)


def _examples(task: Task[Any, Any], data: Path | None) -> list[Any]:
    return final_split(task)[1] if data is None else read_given(task, data)
