"""`nlpx encoders`: what encoders there are, what a checkpoint holds, and checkpoints in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="List encoders; look into a pretrained checkpoint, or convert it.", no_args_is_help=True
)

Folder = Annotated[
    Path, typer.Argument(metavar="PATH", help="Folder of a Hugging Face model or a Google checkpoint.")
]
ModelType = Annotated[
    str, typer.Option("--architecture", metavar="NAME", help="What it is, where the folder does not say.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the values of encoder.type, and the checkpoints: downloaded, of the project, or pretrained here."""
    from nlpx.cli.encoders_view import show_list

    show_list(as_json=as_json)


@app.command("inspect")
def inspect_command(path: Folder, architecture: ModelType = "auto", as_json: AsJson = False) -> None:
    """Say what a checkpoint is, how large, and which of its tensors would be loaded."""
    from nlpx.backend import load_backend
    from nlpx.cli.encoders_view import show_facts
    from nlpx.encoders.pretrained.checkpoint import open_checkpoint
    from nlpx.encoders.pretrained.facts import facts

    _check_folder(path)
    checkpoint = open_checkpoint(path, architecture)  # refuses before the backend takes its seconds
    load_backend()
    show_facts(facts(checkpoint), as_json=as_json)


@app.command("convert")
def convert_command(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="Folder of a checkpoint in any format.")],
    target: Annotated[Path, typer.Argument(metavar="DST", help="Folder to write; must not exist yet.")],
    architecture: ModelType = "auto",
) -> None:
    """Write a checkpoint as a Hugging Face folder: config.json, model.safetensors, vocab.txt."""
    from nlpx.backend import load_backend
    from nlpx.encoders.pretrained.checkpoint import open_checkpoint
    from nlpx.encoders.pretrained.write import check_target, convert

    _check_folder(source)
    check_target(target)
    checkpoint = open_checkpoint(source, architecture)
    load_backend()
    left = convert(checkpoint, target)
    typer.echo(f"{target}: written")
    for why in dict.fromkeys(left.values()):
        typer.echo(f"not written: {', '.join(name for name in left if left[name] == why)} ({why})")


def _check_folder(path: Path) -> None:
    from nlpx.errors import DataError

    if not path.is_dir():
        todo = "download the checkpoint first; docs/pretrained.md says which files it has and where they go"
        raise DataError(f"there is no folder {path}", todo)
