"""`nlpx train`: train an experiment and write its run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.durations import parse_duration
from nlpx.cli.options import Quiet, RunsDir, Sets, TaskName, complete_run


def train_command(
    task: TaskName,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="The experiment's YAML file.", show_default=False),
    ] = None,
    sets: Sets = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    name: Annotated[str | None, typer.Option("--name", "-n", help="Name of the run.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of all randomness.")] = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="A few batches of everything, end to end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    max_time: Annotated[
        str | None,
        typer.Option("--max-time", metavar="2h30m", help="Then finish the epoch, save, predict and leave with 0."),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="RUN", help="Go on with an interrupted run.", autocompletion=complete_run),
    ] = None,
    runs_dir: RunsDir = None,
    quiet: Quiet = False,
) -> None:
    """Train an experiment into a new versioned run folder.

    Overrides win over the environment (NLPX_SET), the environment over the file, the file over the defaults.
    """
    from nlpx.cli.progress import make_progress
    from nlpx.cli.show import show_plan, show_run
    from nlpx.config.load import load
    from nlpx.errors import UsageError
    from nlpx.pipeline.train import TrainOptions, plan, train
    from nlpx.runs import RunStore
    from nlpx.task import get_task

    if config is None and resume is None:
        raise UsageError(
            "nlpx train needs a config: --config FILE",
            f"make one with: nlpx config init {task} {task}.yaml",
        )
    kind = get_task(task)
    store = RunStore(runs_dir)
    resumed = store.find(resume, task) if resume else None
    overrides = [*sets, *([f"seed={seed}"] if seed is not None else []), *([f"name={name}"] if name else [])]
    source = config or (resumed.path / "config.yaml" if resumed else None)
    loaded = load(source, kind.Config, sets=overrides)
    seconds = parse_duration(max_time) if max_time else None
    if dry_run:
        show_plan(plan(loaded, store))
        return
    options = TrainOptions(
        smoke=smoke,
        max_seconds=seconds,
        progress=None if quiet else make_progress(),
        on_start=None if quiet else lambda run: typer.echo(f"run {run.ref}: {run.path}", err=True),
    )
    run = train(loaded, store, options, resume=resumed)
    show_run(run, quiet=quiet)
