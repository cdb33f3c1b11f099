"""How `nlpx encoders` shows things."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer


def show_list(*, as_json: bool) -> None:
    """The encoders of the registry, and the checkpoints in the data folder, those that come with the project, and those
    that were pretrained here.
    """
    from nlpx.cli.tables import print_table
    from nlpx.encoders.registry import ENCODERS

    kinds = {name: _first_line(config.__doc__) for name, config in ENCODERS.items()}
    checkpoints = _checkpoints()
    if as_json:
        typer.echo(_json({"types": kinds, "checkpoints": [str(path) for path in checkpoints]}))
        return
    print_table(["type", "what it is"], sorted(kinds.items()), fold=["what it is"])
    if checkpoints:
        typer.echo("")
        print_table(["checkpoints for type: bert"], [(path,) for path in checkpoints])


def _checkpoints() -> list[Path]:
    from nlpx.config.data_folder import data_folder, source_data_folder

    folders = [data_folder(Path.cwd(), os.environ), source_data_folder()]
    roots = {folder.resolve() / "encoders" for folder in folders if folder is not None}
    found = sorted(path for root in roots if root.is_dir() for path in root.iterdir() if path.is_dir())
    return [*found, *_pretrained()]


def _pretrained() -> list[Path]:
    """What pretraining left in the folder of runs, oldest first."""
    from nlpx.encoders.pretrained.checkpoint import CONFIG, ENCODER
    from nlpx.runs import RunStore
    from nlpx.runs.folder import PRETRAINING

    folder = RunStore(None).root / PRETRAINING
    return [path.parent for path in sorted(folder.glob(f"*/{ENCODER}/{CONFIG}"))]


def show_facts(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """What a checkpoint is, a fact a line."""
    from nlpx.cli.tables import print_table

    if as_json:
        typer.echo(_json(facts))
        return
    print_table(["what", "found"], facts.items(), fold=["found"])


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0].rstrip(".")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
