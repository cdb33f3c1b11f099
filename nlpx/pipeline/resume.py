"""Whether an interrupted run may go on with this config and this data."""

from __future__ import annotations

from typing import Any

from nlpx.config.base import ExperimentConfig
from nlpx.errors import RunError
from nlpx.runs import Run
from nlpx.runs.diff import config_diff
from nlpx.task import Task


def check_resumable(run: Run, config: ExperimentConfig, task: Task[Any, Any]) -> None:
    """Refuse to go on where the result would be a mixture of two experiments.

    Raises:
        RunError: the run is finished, or its config or data differs; the message lists what does.
    """
    if run.status().state == "finished":
        raise RunError(f"{run.ref} is finished; there is nothing to resume", "start a new run with nlpx train")
    differing = config_diff(run.config(), config.model_dump(mode="json"))
    if differing:
        raise RunError(
            f"{run.ref} was started with another config, so it cannot be resumed with this one",
            f"resume without changes, or start a new run: nlpx train {run.task} --config FILE",
            [f"{key}: {old!r} in the run, {new!r} now" for key, old, new in differing],
        )
    changed = run.changed_inputs(task.input_files())
    if changed:
        raise RunError(
            f"the data of {run.ref} has changed since it was started",
            "bring back the old files, or start a new run",
            changed,
        )
