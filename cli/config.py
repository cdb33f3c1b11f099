"""`nlpx config`: check, show, describe and start config files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nlpx.cli.options import Force, Sets, TaskName, complete_task

app = typer.Typer(name="config", no_args_is_help=True, help="Check, show, describe and start config files.")

STDOUT = Path("-")


@app.command("check")
def check_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="YAML files to check.", show_default=False)
    ],
    sets: Sets = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
) -> None:
    """Check config files and list everything that is wrong with them."""
    from nlpx.errors import ConfigError

    errors: list[ConfigError] = []
    for file in files:
        try:
            loaded = _load(None, file, sets)
        except ConfigError as error:
            errors.append(error)
        else:
            typer.echo(f"{file}: ok ({loaded.config.task})")
            _say_missing(loaded.config)
    if len(errors) > 1:
        details = [line for error in errors for line in (error.details or [error.what])]
        raise ConfigError(f"{len(errors)} of {len(files)} files have errors", errors[0].todo, details)
    if errors:
        raise errors[0]


def _say_missing(config: Any) -> None:
    """Files that training would look for in vain; a config may be right without them."""
    for key, path in _input_files(config).items():
        if not path.exists():
            typer.echo(f"  not there yet: {key}: {path}")


def _input_files(config: Any) -> dict[str, Path]:
    from nlpx.runs.folder import PRETRAINING
    from nlpx.task import get_task

    if config.task != PRETRAINING:
        return get_task(config.task)(config).input_files()
    from nlpx.pretraining.sources import named_paths

    return named_paths(config.data.texts)


@app.command("show")
def show_command(
    task: Annotated[
        str | None,
        typer.Argument(
            metavar="[TASK]",
            help="Name of the task; by default the one the file names.",
            autocompletion=complete_task,
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", metavar="FILE", help="The experiment's YAML file.", show_default=False
        ),
    ] = None,
    sets: Sets = [],  # noqa: B006 - as above
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the resolved YAML instead.")] = False,
) -> None:
    """Print every value of a config and where it comes from.

    Flags (--set) win over the environment (NLPX_SET), that over the file, and the file over the defaults.
    """
    from nlpx.cli.config_table import print_values
    from nlpx.config.dump import dump
    from nlpx.errors import UsageError

    if task is None and config is None:
        raise UsageError("nlpx config show needs a task or a file", "try: nlpx config show --config FILE")
    loaded = _load(task, config, sets)
    if as_yaml:
        typer.echo(dump(loaded.config), nl=False)
    else:
        print_values(loaded)


@app.command("schema")
def schema_command(
    task: TaskName,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="File to write; - is stdout.")
    ] = STDOUT,
    force: Force = False,
) -> None:
    """Print the JSON Schema of a task's config, so that an editor completes and checks its keys."""
    from nlpx.cli.streams import check_new
    from nlpx.config.schema import schema_text

    check_new(output, force=force)
    _write(output, schema_text(_model(task)))


@app.command("init")
def init_command(
    task: TaskName,
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="New YAML file; - is stdout.", show_default=False)
    ] = STDOUT,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE, where it is there.")] = False,
) -> None:
    """Write a starter config with every key, its meaning and its default.

    Beside the file goes its JSON Schema, which an editor finds through the file's first line.
    """
    from nlpx.cli.streams import check_new
    from nlpx.config.schema import schema_text
    from nlpx.config.starter import starter

    model = _model(task)
    schema_file = Path(f"{task}.schema.json")
    name = task if file == STDOUT else file.stem
    if file != STDOUT:
        check_new(file, force=force)
        _write(file.parent / schema_file, schema_text(model))
    _write(file, starter(model, task, name, str(schema_file)))
    if file != STDOUT:
        what = "pretrain" if task == "pretraining" else f"train {task}"
        typer.echo(f"{file}: fill in what stands without '#', then: nlpx {what} --config {file}")


def _load(task: str | None, file: Path | None, sets: list[str]) -> Any:
    from nlpx.config.load import find_task, load
    from nlpx.runs.folder import PRETRAINING
    from nlpx.task import task_names

    name = task or find_task(file or STDOUT, [*task_names(), PRETRAINING], sets=sets)
    return load(file, _model(name), sets=sets)


def _model(task: str) -> Any:
    """What the config of a task, or of pretraining, may say."""
    from nlpx.runs.folder import PRETRAINING
    from nlpx.task import get_task

    if task == PRETRAINING:
        from nlpx.pretraining.config import PretrainingConfig

        return PretrainingConfig
    return get_task(task).Config


def _write(file: Path, text: str) -> None:
    """Write a file whole, making its folder; `-` is stdout."""
    if file == STDOUT:
        typer.echo(text, nl=False)
        return
    from nlpx.runs.atomic import atomic_write

    file.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(file, text)
