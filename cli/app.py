"""Assembles the command line. Nothing heavy may be imported from here or from the command files."""

from __future__ import annotations

from typing import Annotated

import typer

from nlpx import __version__
from nlpx.cli import (
    config,
    data,
    encoders,
    evaluate,
    explain,
    kb,
    predict,
    pretrain,
    report,
    runs,
    submit,
    train,
)
from nlpx.cli.failures import ErrorGroup
from nlpx.cli.logs import set_verbose

app = typer.Typer(
    name="nlpx",
    cls=ErrorGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="Start with: nlpx config init sequence_labeling ner.yaml",
)
app.command("train")(train.train_command)
app.command("pretrain")(pretrain.pretrain_command)
app.command("predict")(predict.predict_command)
app.command("evaluate")(evaluate.evaluate_command)
app.command("explain")(explain.explain_command)
app.command("submit")(submit.submit_command)
app.command("report")(report.report_command)
app.add_typer(runs.app, name="runs")
app.add_typer(config.app, name="config")
app.add_typer(kb.app, name="kb")
app.add_typer(data.app, name="data")
app.add_typer(encoders.app, name="encoders")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nlpx {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log to stderr, and print tracebacks of bugs.")
    ] = False,
) -> None:
    """Run NLP competition experiments: one YAML file in, a versioned run folder out."""
    set_verbose(verbose)
