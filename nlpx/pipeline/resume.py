"""Whether an interrupted run may go on with this config and this data."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from nlpx.config.base import ExperimentConfig
from nlpx.errors import RunError
from nlpx.runs import Run
from nlpx.runs.diff import config_diff
from nlpx.runs.folder import CONFIG_FILE, PRETRAINING
from nlpx.runs.scores import is_smoke


class HasInputs(Protocol):
    """A task, or whatever else knows its files."""

    def input_files(self) -> dict[str, Path]: ...


def resume_command(run: Run) -> str:
    """How to go on with a run."""
    what = "pretrain" if run.task == PRETRAINING else f"train {run.task}"
    return f"nlpx {what} --resume {run.ref}"


def own_config(run: Run) -> Path:
    """The config that a run was started with.

    Raises:
        RunError: it was interrupted before it was written.
    """
    path = run.path / CONFIG_FILE
    if not path.exists() and not run.finished:
        raise RunError(
            f"{run.ref} had not begun when it was interrupted: it has no {CONFIG_FILE}",
            f"start anew; remove it with: nlpx runs rm {run.ref}",
        )
    return path


def check_resumable(run: Run, config: ExperimentConfig, task: HasInputs, *, smoke: bool) -> None:
    """Refuse to go on where the result would be a mixture of two experiments.

    Raises:
        RunError: the run is finished, of another task, or its config or data differs; lists what does.
    """
    if run.finished:
        raise RunError(
            f"{run.ref} is finished; there is nothing to resume",
            "name one that is not, see: nlpx runs; or start a new run",
        )
    own_config(run)
    if run.task != config.task:
        raise RunError(f"{run.ref} is no run of {config.task}", f"try: {resume_command(run)}")
    if smoke and not is_smoke(run):
        raise RunError(f"{run.ref} was started without --smoke", "resume it without --smoke")
    differing = config_diff(run.config(), config.model_dump(mode="json"))
    if differing:
        raise RunError(
            f"{run.ref} was started with another config, so it cannot be resumed with this one",
            f"resume it with its own: {resume_command(run)}; or start a new run",
            [f"{key}: {old!r} in the run, {new!r} now" for key, old, new in differing],
        )
    changed = run.changed_inputs(task.input_files())
    if changed:
        raise RunError(
            f"the data of {run.ref} has changed since it was started",
            "bring back the old files, or start a new run",
            changed,
        )
