"""`nlpx pretrain`: pretrain an encoder on raw text and write its run folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

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
    Verbose,
    max_time_option,
)

if TYPE_CHECKING:
    from nlpx.runs import Run


def pretrain_command(
    config: ConfigFile = None,
    sets: Sets = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    name: RunName = None,
    seed: Seed = None,
    smoke: Smoke = False,
    dry_run: DryRun = False,
    max_time: Annotated[
        str | None,
        max_time_option("After this time go on to the next judgement, write the encoder, and leave with 0."),
    ] = None,
    resume: Resume = None,
    runs_dir: RunsDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Pretrain an encoder on raw text; its folder is what `encoder: {type: bert, checkpoint: FOLDER}` takes.

    Flags win over the environment (NLPX_SET), the environment over the file, the file over the defaults.
    """
    from nlpx.backend import load_backend
    from nlpx.cli.show import show_plan
    from nlpx.cli.train import train_options
    from nlpx.config.load import load
    from nlpx.errors import UsageError
    from nlpx.pipeline.resume import own_config
    from nlpx.pretraining.config import PretrainingConfig
    from nlpx.runs import RunStore

    options = train_options(smoke=smoke, max_time=max_time, quiet=quiet)
    if config is None and resume is None:
        raise UsageError(
            "nlpx pretrain needs a config: --config FILE",
            "begin with configs/pretrain_sample.yaml, which takes a minute; docs/pretraining.md tells the keys",
        )
    store = RunStore(runs_dir)
    resumed = store.find(resume, "pretraining") if resume else None
    source = config or (own_config(resumed) if resumed else None)
    loaded = load(source, PretrainingConfig, sets=sets, values={"seed": seed, "name": name})
    load_backend()
    from nlpx.pipeline.pretrain import plan_pretraining, pretrain

    if dry_run:
        show_plan(plan_pretraining(loaded, store, options, resumed))
        return
    _show(pretrain(loaded, store, options, resumed), quiet=quiet)


def _show(run: Run, *, quiet: bool) -> None:
    from nlpx.stats.units import score_text

    dev = run.metrics()["splits"]["dev"]
    typer.echo(f"dev  accuracy {score_text('accuracy', dev['accuracy'])}  loss {dev['dev_loss']:.4f}")
    if not quiet:
        typer.echo(f"run      {run.path}")
        typer.echo(f"encoder  {run.path / 'encoder'}")
