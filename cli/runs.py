"""`nlpx runs`: the leaderboard, one run in full, two runs side by side, and removing runs."""

from __future__ import annotations

from typing import Annotated

import typer

from nlpx.cli.completion import complete_run, runs_dir_of
from nlpx.cli.options import RunsDir
from nlpx.errors import UsageError

RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="latest, best, v3, TASK/v3, its name, or a path.", autocompletion=complete_run
    ),
]
TaskFilter = Annotated[
    str | None,
    typer.Option("--task", "-t", metavar="TASK", help="Only runs of this task.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

app = typer.Typer(
    help="Compare runs; without a sub-command, a table of all, best first.", no_args_is_help=False
)


@app.callback(invoke_without_command=True)
def runs_command(
    ctx: typer.Context,
    task: TaskFilter = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_markdown: Annotated[bool, typer.Option("--md", help="Print a Markdown table.")] = False,
    top: Annotated[
        int | None,
        typer.Option("--top", "-n", min=1, metavar="N", help="The best N of each table.", show_default=False),
    ] = None,
    runs_dir: RunsDir = None,
) -> None:
    """Compare runs; without a sub-command, a table of all, best first."""
    if ctx.invoked_subcommand is not None:
        return
    if as_json + as_csv + as_markdown > 1:
        raise UsageError("--json, --csv and --md exclude each other", "name one of them")
    from nlpx.cli import runs_view as view
    from nlpx.runs import RunStore, leaderboard, render

    store = RunStore(runs_dir)
    table = leaderboard.leaderboard(store.list(task))
    if top is not None:
        table = table.groupby(["task", "data"], sort=False).head(top)
    if as_json:
        typer.echo(render.to_json(table))
    elif as_csv:
        typer.echo(render.to_csv(table), nl=False)
    elif as_markdown:
        typer.echo(render.to_markdown(table))
    else:
        view.show_leaderboard(table, store.root)


@app.command("show")
def show_command(
    ctx: typer.Context, run: RunArgument, as_json: AsJson = False, runs_dir: RunsDir = None
) -> None:
    """Show one run: where it came from, how it went, what it scored."""
    from nlpx.cli.runs_show import show_run
    from nlpx.runs import RunStore

    show_run(RunStore(runs_dir_of(ctx)).find(run), as_json=as_json)


@app.command("diff")
def diff_command(
    ctx: typer.Context, a: RunArgument, b: RunArgument, as_json: AsJson = False, runs_dir: RunsDir = None
) -> None:
    """Show what differs between two runs: config, data, versions, metrics."""
    from nlpx.cli.runs_diff import show_diff
    from nlpx.runs import RunStore

    store = RunStore(runs_dir_of(ctx))
    show_diff(store.find(a), store.find(b), as_json=as_json)


@app.command("rm")
def remove_command(
    ctx: typer.Context,
    run: RunArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    runs_dir: RunsDir = None,
) -> None:
    """Remove a run with everything in it. Asks first; a run that is being written is refused."""
    from nlpx.cli import runs_view as view
    from nlpx.runs import RunStore

    store = RunStore(runs_dir_of(ctx))
    found = store.find(run)
    if not yes and not _confirmed(f"Remove {view.describe(found)}?"):
        typer.echo("nothing removed")
        return
    store.remove(found)
    typer.echo(f"removed {found.path}")


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise error.__context__ from None
        typer.echo()  # the question has no line end
        raise UsageError(
            "rm asks first, and nobody answered", "add --yes to remove without asking"
        ) from error
