"""`nlpx train`: train an experiment and write its run folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from nlpx.cli.completion import complete_run
from nlpx.cli.options import ConfigFile, Quiet, RunsDir, Sets, TaskName, Verbose

if TYPE_CHECKING:
    from nlpx.pipeline.train import TrainOptions


def train_command(
    task: TaskName,
    config: ConfigFile = None,
    sets: Sets = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    name: Annotated[
        str | None, typer.Option("--name", "-n", help="Name of the run.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seed of all randomness.", show_default=False)
    ] = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="A few batches of everything, end to end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    max_time: Annotated[
        str | None,
        typer.Option(
            "--max-time",
            metavar="2h30m",
            help="After this time finish the epoch, save, predict, and leave with 0.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Go on with an interrupted run, by default with its own config.",
            autocompletion=complete_run,
            show_default=False,
        ),
    ] = None,
    runs_dir: RunsDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Train an experiment into a new versioned run folder.

    Flags win over the environment (NLPX_SET), the environment over the file, the file over the defaults.
    """
    from nlpx.cli.show import show_plan, show_run
    from nlpx.config.load import load
    from nlpx.errors import UsageError
    from nlpx.pipeline.plan import plan
    from nlpx.pipeline.train import train
    from nlpx.runs import RunStore
    from nlpx.task import get_task

    options = train_options(smoke=smoke, max_time=max_time, quiet=quiet)
    kind = get_task(task)
    if config is None and resume is None:
        raise UsageError(
            "nlpx train needs a config: --config FILE",
            f"make one with: nlpx config init {task} {task}.yaml",
        )
    store = RunStore(runs_dir)
    resumed = store.find(resume, task) if resume else None
    source = config or (resumed.path / "config.yaml" if resumed else None)
    loaded = load(source, kind.Config, sets=sets, values={"seed": seed, "name": name})
    if dry_run:
        show_plan(plan(loaded, store, options, resumed))
        return
    show_run(train(loaded, store, options, resumed), quiet=quiet)


def train_options(*, smoke: bool, max_time: str | None, quiet: bool) -> TrainOptions:
    """What the flags of a training say."""
    from nlpx.cli.console import say
    from nlpx.cli.durations import parse_duration
    from nlpx.cli.logs import verbose
    from nlpx.cli.progress import make_progress
    from nlpx.pipeline.train import TrainOptions

    return TrainOptions(
        smoke=smoke,
        max_seconds=parse_duration(max_time) if max_time is not None else None,
        progress=None if quiet or verbose() else make_progress(),  # the log says the same
        on_start=None if quiet else lambda run: say(f"run {run.ref}: {run.path}"),
    )
