"""A tiny experiment, and the command line to run it with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from nlpx.cli.app import app

NAMES = ("王明", "李雷", "韩梅梅", "赵一")
PLACES = ("北京", "上海", "天津", "重庆")
FRAMES = ("{}在{}工作。", "{}昨天去了{}，很高兴。", "听说{}住{}。")

CONFIG = """\
task: sequence_labeling
data: {train: train.jsonl, dev: dev.jsonl, test: test.jsonl}
"""
CRFSUITE = f"{CONFIG}model: crfsuite\n"
NEURAL = f"""\
{CONFIG}encoder: {{type: bilstm, units: 8, dropout: 0.2, inputs: {{tokens: {{size: 8}}}}}}
training:
  {{epochs: 8, batch_size: 8, buckets: 1, learning_rate: 0.02, ema: 0.9, checkpoint_seconds: 0, jit_compile: false}}
"""


def sentences(frames: Sequence[str] = FRAMES) -> Iterator[dict[str, Any]]:
    """Labelled texts: a person and a place in each."""
    for number, (frame, name, place) in enumerate(product(frames, NAMES, PLACES)):
        text = frame.format(name, place)
        at = text.index(place)
        spans = [
            span(text, 0 if text.startswith(name) else text.index(name), name, "PER"),
            span(text, at, place, "LOC"),
        ]
        yield {"id": f"s{number}", "text": text, "spans": spans}


def span(text: str, start: int, surface: str, label: str) -> dict[str, Any]:
    """A span of the spans format."""
    assert text[start : start + len(surface)] == surface
    return {"start": start, "end": start + len(surface), "label": label}


def write_lines(path: Path, rows: Sequence[Any]) -> Path:
    """A JSON lines file."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_experiment(folder: Path, text: str = CRFSUITE) -> Path:
    """Data and a config; returns the config's path."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(sentences())
    write_lines(folder / "train.jsonl", rows)
    write_lines(folder / "dev.jsonl", rows[::3])
    write_lines(folder / "test.jsonl", rows[1::3])
    config = folder / "tiny.yaml"
    config.write_text(text, encoding="utf-8")
    return config


def nlpx(*arguments: object, stdin: str | bytes | None = None) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def train(config: Path, *arguments: object) -> Result:
    """`nlpx train` with a config."""
    return nlpx("train", "sequence_labeling", "--config", config, *arguments)


def process(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "nlpx.cli.main", *map(str, arguments)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **{**pipes, **options})


def environment(**changes: str) -> dict[str, str]:
    """The environment of this process, changed."""
    return {**os.environ, **changes}
