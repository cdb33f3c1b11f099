"""Write a submission and refuse it here rather than on the competition's page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlpx.errors import SubmissionError
from nlpx.pipeline.evaluate import final_split
from nlpx.pipeline.inference import open_run, predict_examples
from nlpx.runs import Run
from nlpx.runs.atomic import atomic_json
from nlpx.task import Task

SHOWN = 10
"""How many bad lines an error lists."""


def write_checked_submission(
    run: Run, task: Task[Any, Any], examples: Sequence[Any], predictions: Sequence[Any]
) -> Path:
    """Write ``submission/<file>`` and ``submission/check.json``.

    Raises:
        SubmissionError: the file breaks a rule of its format; lists the first bad lines.
    """
    path = run.submission_dir / task.submission_name()
    task.write_submission(path, examples, predictions)
    check_submission(run, task, path, examples)
    return path


def check_submission(run: Run, task: Task[Any, Any], path: Path, examples: Sequence[Any]) -> None:
    """Check an existing submission file against the examples it answers.

    Raises:
        SubmissionError: see `write_checked_submission`.
    """
    problems = task.check_submission(path, examples)
    report = {"file": path.name, "run": run.ref, "examples": len(examples), "problems": problems}
    atomic_json(run.submission_dir / "check.json", report)
    if problems:
        more = len(problems) - SHOWN
        details = problems[:SHOWN] + ([f"… and {more} more"] if more > 0 else [])
        raise SubmissionError(f"{path} would be refused: {len(problems)} problems", "", details)


def submit(run: Run, data: Path | None = None, existing: Path | None = None) -> tuple[Path, int]:
    """Write and check the submission for `data` (or the run's final split), or only check `existing`.

    Returns the file and the number of texts it answers.

    Raises:
        SubmissionError: see `write_checked_submission`.
    """
    task, predictor = open_run(run)
    examples = final_split(task)[1] if data is None else task.read_file(data)[0]
    if existing is not None:
        check_submission(run, task, existing, examples)
        return existing, len(examples)
    predictions = predict_examples(predictor, examples)
    return write_checked_submission(run, task, examples, predictions), len(examples)
