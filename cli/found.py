"""The run that a command works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlpx.runs import Run


def found_run(runs_dir: Path | None, ref: str, more: str = "") -> Run:
    """The run that is meant; says so if it is a smoke run, which `latest` finds like any other.

    Raises:
        RunError: there is none.
    """
    from nlpx.cli.console import say
    from nlpx.runs import RunStore
    from nlpx.runs.scores import is_smoke

    found = RunStore(runs_dir).find(ref)
    if is_smoke(found):
        say(f"{found.ref} is a smoke run, trained on a few texts{more}")
    return found
