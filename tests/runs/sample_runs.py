"""Runs as a training would leave them, without training."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from nlpx.runs import Run, RunStore

CONFIG = {
    "task": "tagging",
    "seed": 1,
    "encoder": {"type": "bilstm", "units": 256},
    "training": {"epochs": 10},
}


def write_config(run: Run, changes: dict[str, Any]) -> None:
    """config.yaml with top-level changes to `CONFIG`; JSON is YAML too."""
    run.write_text("config.yaml", json.dumps({**CONFIG, "name": run.name, **changes}))


def metrics(f1: float, split: str = "dev", higher_is_better: bool = True) -> dict[str, Any]:
    """A metrics.json with one split."""
    main = {"split": split, "metric": "f1", "value": f1, "interval": [f1 - 0.01, f1 + 0.01]}
    scores = {
        "f1": f1,
        "precision": f1,
        "per_label": {"PER": {"f1": f1, "recall": f1}},
        "counts": {"gold": 7},
    }
    return {"main": {**main, "higher_is_better": higher_is_better}, "splits": {split: scores}}


def finished(
    store: RunStore,
    name: str = "",
    f1: float = 0.5,
    *,
    task: str = "tagging",
    smoke: bool = False,
    **changes: Any,
) -> Run:
    """A finished run with a config, a model file and a score."""
    run = store.create(task, name)
    write_config(run, changes)
    (run.model_dir / "weights.bin").write_bytes(b"w" * 1000)
    with run.stage("fit"):
        run.note("fit", {"smoke": smoke})
    run.finish(metrics(f1))
    return run


def ended(store: RunStore, state: str, name: str = "", **changes: Any) -> Run:
    """A run that failed or was interrupted."""
    run = store.create("tagging", name)
    write_config(run, changes)
    run.set_status(state)
    return run


def process(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Another Python that runs `code` with `arguments` in sys.argv[1:], with pipes to talk to it."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
