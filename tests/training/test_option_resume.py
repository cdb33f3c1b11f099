"""Training with every option goes on from any checkpoint to the same bytes, on TensorFlow and on JAX."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from nlpx.config.training import TrainingConfig
from nlpx.errors import RunError
from nlpx.training.batching import Batches
from nlpx.training.fit import fit
from nlpx.training.interrupts import Interrupted
from nlpx.training.progress import Progress
from tests.training.toy_training import make_toy, values

EVERYTHING: dict[str, Any] = {
    "accumulate": 3,
    "adversarial": {"method": "vat"},
    "r_drop": 2.0,
    "flooding": 0.1,
    "lookahead": {"steps": 2},
    "optimizer": "lamb",
    "ema": 0.9,
    "schedule": "piecewise",
    "points": [(0.2, 1.0), (1.0, 0.1)],
    "weight_decay": 0.01,
}


class Stopping(Progress):
    """A progress that is tired of a batch."""

    def __init__(self, after: int) -> None:
        self.left = after

    def batch(self, *args: Any, **kwargs: Any) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def train(folder: Path, *, progress: Progress | None = None, resume: bool = False, **keys: Any) -> bytes:
    """Two epochs of five batches; the bytes of the weights."""
    draw = np.random.default_rng(0)
    texts = [
        {"chars": draw.integers(2, 20, draw.integers(1, 7)), "label": np.int64(i % 3)} for i in range(18)
    ]
    toy = make_toy(dropout=0.3)
    config = TrainingConfig(epochs=2, batch_size=4, patience=None, learning_rate=0.05, **keys)
    batches = Batches(texts, batch_size=4, seed=5, buckets=[6])
    fit(
        toy,
        batches,
        config,
        evaluate=dict,
        monitor="",
        checkpoint_dir=folder,
        seed=5,
        progress=progress,
        resume=resume,
    )
    return b"".join(array.tobytes() for array in values(toy))


def test_stopped_in_the_middle_of_an_optimiser_step_it_ends_with_the_same_bytes(tmp_path):
    whole = train(tmp_path / "whole", **EVERYTHING)
    with pytest.raises(Interrupted):
        train(tmp_path / "cut", progress=Stopping(2), **EVERYTHING)
    assert train(tmp_path / "cut", resume=True, **EVERYTHING) == whole


def test_a_checkpoint_of_other_options_is_refused(tmp_path):
    with pytest.raises(Interrupted):
        train(tmp_path, progress=Stopping(1), accumulate=2)
    with pytest.raises(RunError, match="another training"):
        train(tmp_path, resume=True, accumulate=3)


def test_the_schedule_counts_optimiser_steps(tmp_path):
    rates: list[float] = []

    class Hearing(Progress):
        def row(self, row: dict[str, Any], *, best: bool) -> None:
            rates.append(row["learning_rate"])

    train(tmp_path, progress=Hearing(), accumulate=2, schedule="linear")
    # Three steps an epoch: the rate of the step after the third of six, and of the one after the last.
    assert rates == pytest.approx([0.05 * 2 / 5, 0.0], abs=1e-6)


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() == "jax", reason="this is the JAX run")
def test_jax_does_the_same():
    names = ("accumulation", "adversarial", "lookahead", "option_resume")
    files = [str(Path(__file__).parent / f"test_{name}.py") for name in names]
    chosen = "(unequal and momentum) or (fgm_learns and True) or middle or all_the_way"
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files, "-k", chosen]
    done = subprocess.run(command, env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
