"""`nlpx kb`: build a knowledge base, look into it, add to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Build a knowledge base, look into it, add to it.", no_args_is_help=True)

KbFolder = Annotated[
    Path, typer.Option("--kb", "-k", metavar="DIR", help="Folder of the knowledge base.", envvar="NLPX_KB")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("build")
def build_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of entities, such as kb_data.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write; replaced if it is one.")
    ] = Path("kb"),
    format: Annotated[
        str,
        typer.Option("--format", "-f", metavar="NAME", help="auto, ccks2019, medic, terms or plain."),
    ] = "auto",
    additions: Annotated[
        str | None,
        typer.Option(
            "--additions",
            metavar="keep|discard",
            help="What becomes of entities that were added to a knowledge base that is replaced.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Build a knowledge base from a file of entities."""
    from nlpx.cli import kb_view
    from nlpx.tasks.entity_linking.knowledge_base import commands

    kb, seconds = commands.build(file, output, format, additions)
    typer.echo(f"{output}: {kb_view.counts(kb)}, built in {seconds:.1f} s")


@app.command("lookup")
def lookup_command(
    surface: Annotated[str, typer.Argument(metavar="SURFACE", help="A name, however it is written.")],
    kb: KbFolder = Path("kb"),
    top: Annotated[int, typer.Option("--top", "-n", min=1, metavar="N", help="At most N entities.")] = 10,
    by_id: Annotated[bool, typer.Option("--id", help="SURFACE is an id; show that entity in full.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a name may mean, most likely first; else the entities with the most similar names."""
    from nlpx.cli import kb_view
    from nlpx.tasks.entity_linking.knowledge_base import commands

    if by_id:
        kb_view.show_entity(commands.entity(kb, surface), as_json=as_json)
    else:
        kb_view.show_hits(commands.lookup(kb, surface, top), surface, as_json=as_json)


@app.command("stats")
def stats_command(
    kb: KbFolder = Path("kb"),
    verify: Annotated[bool, typer.Option("--verify", help="Compare every byte with its checksum.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show counts of entities, names and candidates."""
    from nlpx.cli import kb_view
    from nlpx.cli.console import say
    from nlpx.tasks.entity_linking.knowledge_base import commands

    facts = commands.facts(kb, verify=verify)
    if verify:
        say(f"{kb}: every byte matches its checksum")
    kb_view.show_facts(facts, as_json=as_json)


@app.command("add")
def add_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help='JSON lines: entities, or {"id", "aliases"} to add names to one that is there.',
        ),
    ],
    kb: KbFolder = Path("kb"),
) -> None:
    """Add entities and aliases, or replace entities, without building or training again."""
    from nlpx.cli import kb_view
    from nlpx.tasks.entity_linking.knowledge_base import commands

    after, new, changed = commands.add(file, kb)
    typer.echo(f"{kb}: {new:,} added, {changed:,} changed; {kb_view.counts(after)}")


@app.command("compact")
def compact_command(kb: KbFolder = Path("kb")) -> None:
    """Build again with everything that was added folded in; trained models still fit."""
    from nlpx.cli import kb_view
    from nlpx.tasks.entity_linking.knowledge_base import commands

    after, folded = commands.compact(kb)
    typer.echo(f"{kb}: {folded:,} folded in; {kb_view.counts(after)}")
