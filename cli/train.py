"""`nlpx train`: train an experiment and write its run folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from nlpx.cli.options import (
    ConfigFile,
    DryRun,
    Quiet,
    Resume,
    RunName,
    RunsDir,
    Seed,
    Sets,
    Smoke,
    TaskName,
    Verbose,
    max_time_option,
)

if TYPE_CHECKING:
    from nlpx.pipeline.train_options import TrainOptions


def train_command(
    task: TaskName,
    config: ConfigFile = None,
    sets: Sets = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    name: RunName = None,
    seed: Seed = None,
    smoke: Smoke = False,
    dry_run: DryRun = False,
    max_time: Annotated[
        str | None,
        max_time_option("After this time finish the epoch, save, predict, and leave with 0."),
    ] = None,
    resume: Resume = None,
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
    from nlpx.pipeline.resume import own_config
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
    source = config or (own_config(resumed) if resumed else None)
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
    from nlpx.pipeline.train_options import TrainOptions

    return TrainOptions(
        smoke=smoke,
        max_seconds=parse_duration(max_time) if max_time is not None else None,
        progress=None if quiet or verbose() else make_progress(),  # the log says the same
        on_start=None if quiet else lambda run: say(f"run {run.ref}: {run.path}"),
    )
