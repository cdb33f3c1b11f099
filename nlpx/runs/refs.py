"""From what a user types to a run."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from nlpx.errors import RunError
from nlpx.runs.folder import FOLDER_NAME, PRETRAINING
from nlpx.runs.manifest import MANIFEST_FILE
from nlpx.runs.measured import by_texts
from nlpx.runs.run import Run
from nlpx.runs.scores import best_of
from nlpx.runs.status import STATUS_FILE

if TYPE_CHECKING:
    from nlpx.runs.store import RunStore

INSIDE = re.compile(r"(?:([^/]+)/)?([^/]+)")
VERSION = re.compile(r"v?(\d+)")
SHOWN = 10


def find(store: RunStore, ref: str, task: str | None = None) -> Run:
    """See `RunStore.find`."""
    inside = INSIDE.fullmatch(ref)
    if inside and (inside[1] is None or (store.root / inside[1]).is_dir()):
        task, word = inside[1] or task, inside[2]
        runs = store.list(task)
        if word in ("latest", "best"):
            runs = _predicting(runs) if task is None else runs
            return _latest(store, runs) if word == "latest" else _best(store, runs)
        if found := [run for run in runs if _means(word, run)]:
            return _only(ref, found)
    return _by_path(ref) or _fail(store, ref, store.list(task))


def _predicting(runs: list[Run]) -> list[Run]:
    """Without those of pretraining, unless there are no others: few commands can do something with them."""
    return [run for run in runs if run.task != PRETRAINING] or runs


def _means(word: str, run: Run) -> bool:
    version = VERSION.fullmatch(word)
    return word in (run.path.name, run.name) or (version is not None and int(version[1]) == run.version)


def _only(ref: str, found: list[Run]) -> Run:
    if len(found) > 1:
        lines = [_line(run) for run in found[:SHOWN]]
        raise RunError(f"{ref!r} could be {len(found)} runs", "write it out as listed here", lines)
    return found[0]


def _latest(store: RunStore, runs: list[Run]) -> Run:
    finished = [(run.status().time, run.version, run) for run in runs if run.finished]
    if not finished:
        _fail(store, "latest", runs, "finished run")
    return max(finished, key=lambda item: item[:2])[2]


def _best(store: RunStore, runs: list[Run]) -> Run:
    tasks = sorted({run.task for run in runs if run.finished})
    if len(tasks) > 1:
        raise RunError(
            "'best' of which task? scores of different tasks cannot be compared",
            f"say {' or '.join(f'{task}/best' for task in tasks)}",
        )
    bests = {texts: best for texts, mine in by_texts(runs).items() if (best := best_of(mine))}
    if len(bests) > 1:
        raise RunError(
            "'best' on which texts? scores on different dev texts cannot be compared",
            "name one of the runs listed here",
            [
                f"{best.task}/{best.path.name} is best on {texts or 'no named texts'}"
                for texts, best in bests.items()
            ],
        )
    return next(iter(bests.values()), None) or _fail(store, "best", runs, "finished run with a main metric")


def _by_path(ref: str) -> Run | None:
    path = Path(ref).expanduser().resolve()
    if not path.is_dir():
        return None
    known = any((path / name).exists() for name in (STATUS_FILE, MANIFEST_FILE))
    if not known or not FOLDER_NAME.fullmatch(path.name):
        raise RunError(
            f"{ref!r} is a folder, but not of a run",
            "run folders are called v0001 or v0001-name and hold a STATUS; see: nlpx runs",
        )
    return Run(path)


def _fail(store: RunStore, ref: str, runs: list[Run], wanted: str = "") -> NoReturn:
    what = f"there is no {wanted or f'run {ref!r}'} in {store.root}"
    if not store.root.is_dir():
        what += ": there is no such folder"
    if not runs:
        todo = "train one first: nlpx train TASK --config FILE; or name the folder with --runs-dir"
        raise RunError(what, todo)
    hint = "" if wanted else _did_you_mean(ref, runs)
    lines = [_line(run) for run in reversed(runs[-SHOWN:])]
    more = [f"… and {len(runs) - SHOWN} more"] if len(runs) > SHOWN else []
    raise RunError(what, f"{hint}the runs above exist; see also: nlpx runs", lines + more)


def _did_you_mean(ref: str, runs: list[Run]) -> str:
    spelled = {"latest": "latest", "best": "best"}
    for run in runs:
        spelled |= {run.name: run.path.name, run.path.name: run.path.name, run.ref: run.ref}
    close = get_close_matches(ref, spelled, n=1)
    return f"did you mean {spelled[close[0]]}? " if close else ""


def _line(run: Run) -> str:
    return f"{run.task}/{run.path.name}: {run.status()}"
