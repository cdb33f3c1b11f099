"""Tiny texts with classes, and the experiments that use them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.formats import READERS
from nlpx.tasks.classification.formats.source import ReadOptions, Source
from tests.pipeline.tiny import write_lines

THINGS = ("房间", "早餐", "服务", "书", "屏幕", "电池")
FRAMES = ("{}很{}。", "这个{}真是{}！", "我觉得{}{}，你呢？")
WORDS = {"pos": ("好", "满意", "不错"), "neg": ("差", "糟糕", "失望")}

DATA = """\
task: classification
data: {train: train.jsonl, dev: dev.jsonl, test: test.jsonl}
"""
TFIDF = f"{DATA}model: {{type: tfidf}}\n"
TRAINING = """\
training: {epochs: 4, batch_size: 16, buckets: 1, learning_rate: 0.02, checkpoint_seconds: 0, jit_compile: false}
"""
NETWORK = f"""\
{DATA}encoder: {{type: lstm, units: 8, dropout: 0, inputs: {{tokens: {{size: 8}}}}}}
head: {{pooling: last, dropout: 0}}
{TRAINING}"""


def rows() -> list[dict[str, Any]]:
    """Labelled texts, of each class as many."""
    cells = product(FRAMES, THINGS, WORDS.items())
    return [
        {"id": f"s{number}", "text": frame.format(thing, word), "label": label}
        for number, (frame, thing, word, label) in enumerate(
            (frame, thing, word, label) for frame, thing, (label, words) in cells for word in words
        )
    ]


def write_experiment(folder: Path, config: str = TFIDF, data: Sequence[dict[str, Any]] = ()) -> Path:
    """Data and a config; returns the config's path."""
    folder.mkdir(parents=True, exist_ok=True)
    data = data or rows()
    write_lines(folder / "train.jsonl", data)
    write_lines(folder / "dev.jsonl", data[::3])
    write_lines(folder / "test.jsonl", data[1::3])
    path = folder / "tiny.yaml"
    path.write_text(config, encoding="utf-8")
    return path


def read(path: Path, format: str, content: str | bytes = "", **options: Any) -> tuple[list[Example], Source]:
    """What one reader makes of a file with this content."""
    if content:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source = Source(path, ReadOptions(**options))
    return READERS[format](source), source


def said(*labels: str, sure: float = 0.8, of: Sequence[str] = ("neg", "pos")) -> Prediction:
    """A prediction of these classes."""
    rest = (1 - sure) / max(1, len(of) - 1)
    return Prediction(labels, {name: sure if name in labels else rest for name in of})


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
