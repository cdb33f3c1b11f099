"""Assembles the command line. Nothing heavy may be imported from here or from the command files."""

from __future__ import annotations

from typing import Annotated

import typer

from nlpx import __version__
from nlpx.cli import config, evaluate, predict, runs, submit, train
from nlpx.cli.app import make_app

app = make_app()
app.command("train")(train.train_command)
app.command("predict")(predict.predict_command)
app.command("evaluate")(evaluate.evaluate_command)
app.command("submit")(submit.submit_command)
app.add_typer(runs.app, name="runs")
app.add_typer(config.app, name="config")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nlpx {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Run NLP competition experiments: one YAML file in, a versioned run folder out."""


def main() -> None:
    """Entry point of the `nlpx` script."""
    app()


if __name__ == "__main__":
    main()
