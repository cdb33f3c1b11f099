"""The training loop, on a tagger that learns which characters are even. Run as a script, it trains once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.config.training import TrainingConfig
from nlpx.errors import RunError
from nlpx.training.batching import Batches
from nlpx.training.fit import fit
from nlpx.training.history import History
from nlpx.training.interrupts import Interrupted
from nlpx.training.progress import PlainProgress
from nlpx.training.seeds import seed_everything


class Tagger(keras.Model):
    """Two tags per character, ``(batch, length, 2)``; the loss is the mean over real characters."""

    def __init__(self) -> None:
        super().__init__(name="tagger")
        self.embedding = keras.layers.Embedding(30, 8, name="embedding")
        self.dropout = keras.layers.Dropout(0.3, name="dropout")
        self.out = keras.layers.Dense(2, name="out")

    def call(self, batch: dict[str, Any], training: bool = False) -> Any:
        return self.out(self.dropout(self.embedding(batch["chars"]), training=training))

    def compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool = True) -> Any:
        wrong = keras.losses.sparse_categorical_crossentropy(x["tags"], y_pred, from_logits=True)
        real = ops.cast(x["mask"], wrong.dtype)
        return ops.sum(wrong * real) / ops.sum(real)


def texts(count: int = 50) -> list[dict[str, np.ndarray]]:
    draw = np.random.default_rng(0)
    chars = [draw.integers(2, 30, draw.integers(1, 13)) for _ in range(count)]
    return [{"chars": row, "tags": row % 2} for row in chars]


def train(
    folder: Path, *, score: Callable[[int, float], float] | None = None, **options: Any
) -> tuple[Tagger, History]:
    """Train the tagger; `score` turns the epoch and the accuracy into the monitored metric."""
    keys = TrainingConfig.model_fields
    given = {key: options.pop(key) for key in list(options) if key in keys}
    small = {"epochs": 4, "batch_size": 8, "learning_rate": 0.02, "patience": None}
    config = TrainingConfig(**{**small, "ema": 0.9, **given})
    seed_everything(7)
    batches = Batches(texts(), batch_size=config.batch_size, seed=7, buckets=2)
    model = Tagger()
    first, _ = next(batches.ordered())
    model(first)
    epochs = []

    def evaluate() -> dict[str, float]:
        guess = ops.convert_to_numpy(model(first)).argmax(-1)
        accuracy = float((guess == first["tags"])[first["mask"]].mean())
        epochs.append(accuracy)
        value = score(len(epochs), accuracy) if score else accuracy
        return {} if value is None else {"f1": value}

    return model, fit(
        model, batches, config, evaluate=evaluate, monitor="f1", checkpoint_dir=folder, seed=7, **options
    )


def weights(model: Tagger) -> bytes:
    return b"".join(ops.convert_to_numpy(value).tobytes() for value in model.weights)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, bytes, History]:
    """An undisturbed training: its checkpoints, final weights and history."""
    folder = tmp_path_factory.mktemp("whole")
    model, history = train(folder, checkpoint_seconds=0.0)
    return folder, weights(model), history


@pytest.mark.parametrize("jit_compile", [False, True])
def test_training_learns(tmp_path, jit_compile):
    _, history = train(tmp_path, jit_compile=jit_compile, epochs=6)
    losses = [row["loss"] for row in history.rows]
    assert losses[-1] < 0.6 * losses[0]
    assert history.best_value > 0.9
    assert history.stopped == "epochs"


def test_the_same_seed_gives_the_same_bytes(tmp_path, whole):
    assert weights(train(tmp_path)[0]) == whole[1]


def test_the_best_epoch_is_kept_and_patience_ends_training(tmp_path):
    lines: list[str] = []
    model, history = train(
        tmp_path / "a",
        epochs=9,
        patience=2,
        score=lambda epoch, _: -abs(epoch - 2),
        progress=PlainProgress(lines.append),
    )
    assert lines[-1] == ("stopped early: f1 has not risen for 2 epochs (training.patience); epoch 2 is kept")
    assert (len(history.rows), history.best_epoch, history.stopped) == (4, 2, "patience")
    assert weights(model) == weights(train(tmp_path / "b", epochs=2, score=lambda epoch, _: epoch)[0])


def test_without_metrics_the_last_epoch_is_kept(tmp_path, whole):
    model, history = train(tmp_path, score=lambda *_: None)
    assert history.best_epoch == len(history.rows) == 4
    assert (weights(model) == whole[1]) == (whole[2].best_epoch == 4)


@pytest.mark.parametrize("options", [{"max_seconds": 0.0}, {"smoke": True}], ids=["time", "smoke"])
def test_training_ends_early_on_request(tmp_path, options):
    _, history = train(tmp_path, **options)
    assert len(history.rows) == 1
    assert history.stopped in options or history.stopped == "time"


@pytest.mark.parametrize("where", ["batch", "evaluate"])
def test_ctrl_c_saves_and_resume_ends_with_the_same_bytes(tmp_path, whole, where):
    with pytest.raises(Interrupted, match="epoch 2"):
        train(tmp_path, progress=Pressing(where))
    resumed, history = train(tmp_path, resume=True)
    assert weights(resumed) == whole[1]
    assert [row["f1"] for row in history.rows] == [row["f1"] for row in whole[2].rows]


def test_resume_after_the_end_changes_nothing(whole):
    folder, final, history = whole
    again, same = train(folder, resume=True)
    assert weights(again) == final
    assert same == history


def test_a_loss_that_is_no_number_says_where(tmp_path):
    with pytest.raises(RunError, match=r"the loss became \w+ in epoch \d, batch \d"):
        train(tmp_path, learning_rate=1e38, clip_norm=None)


def test_resume_refuses_another_training(whole):
    with pytest.raises(RunError, match="another training"):
        train(whole[0], resume=True, ema=None)


def test_a_damaged_checkpoint_is_named_and_the_one_before_used(tmp_path, whole, caplog):
    folder = copytree(whole[0], tmp_path / "copy")
    newest = max(folder.glob("state-*"))
    newest.write_bytes(newest.read_bytes()[:-100])
    resumed, _ = train(folder, resume=True)
    assert weights(resumed) == whole[1]
    assert newest.name in caplog.text


def test_resume_with_nothing_but_damage_is_refused(tmp_path):
    (tmp_path / "state-00001-0000000.safetensors").write_bytes(b"")
    with pytest.raises(RunError, match="no checkpoint"):
        train(tmp_path, resume=True)


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="this is the JAX run")
def test_jax_trains_resumes_and_repeats_too():
    chosen = "(learns and True) or same_seed or (ctrl_c and batch)"
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", __file__, "-k", chosen]
    done = subprocess.run(command, env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


class Pressing:
    """A progress that presses Ctrl-C in the second epoch."""

    def __init__(self, where: str) -> None:
        self.where, self.number = where, 0

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: self.hear(name)

    def hear(self, name: str) -> None:
        self.number += name == "epoch"
        if self.number == 2 and name == self.where:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_at_random_moments_it_ends_with_the_same_bytes(tmp_path, kills):
    done = subprocess.run([sys.executable, __file__, tmp_path, str(kills)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "killed_at.txt").read_text().split()) == kills
    assert (tmp_path / "disturbed").read_bytes() == (tmp_path / "undisturbed").read_bytes()


def train_in_fork(folder: Path, out: Path, *, seconds: float | None = None) -> bool:
    """Train in a forked process, kill it after so many seconds; True if it came to its end before."""
    child = os.fork()
    if child == 0:
        model, _ = train(folder, resume=True, epochs=12, patience=5, checkpoint_seconds=0.0, score=erratic)
        out.write_bytes(weights(model))
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] == 0


def erratic(_: int, accuracy: float) -> float:
    """A score that follows from the weights, but whose best epoch nobody can foresee."""
    return 1e4 * accuracy % 1


def kill_and_resume(folder: Path, kills: int) -> None:
    """Train once undisturbed, once with SIGKILL at random moments of as much training as is left."""
    began = time.monotonic()
    assert train_in_fork(folder / "whole", folder / "undisturbed")
    lasts = time.monotonic() - began
    moments = []
    while len(moments) < kills:
        seconds = random.uniform(0.2 * lasts, lasts)
        if train_in_fork(folder / "cut", folder / "disturbed", seconds=seconds):
            rmtree(folder / "cut")
        else:
            moments.append(f"{seconds:.2f}")
    assert train_in_fork(folder / "cut", folder / "disturbed")
    (folder / "killed_at.txt").write_text("\n".join(moments))


if __name__ == "__main__":
    kill_and_resume(Path(sys.argv[1]), int(sys.argv[2]))
