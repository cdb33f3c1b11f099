"""The training every task shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import keras

from nlpx.config.training import TrainingConfig
from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batches
from nlpx.training.checkpoints import Checkpoints
from nlpx.training.history import History
from nlpx.training.loop import Loop
from nlpx.training.optimizer import build_optimizer
from nlpx.training.options import build_options
from nlpx.training.progress import Progress
from nlpx.training.state import TrainingState
from nlpx.training.step import Step, make_step

SMOKE_STEPS = 3
"""Batches of the one epoch of a smoke test."""


def fit(
    model: keras.Model,
    batches: Batches,
    config: TrainingConfig,
    *,
    evaluate: Callable[[], Mapping[str, float]],
    monitor: str,
    checkpoint_dir: Path,
    seed: int,
    progress: Progress | None = None,
    jit_compile: bool = False,
    max_seconds: float | None = None,
    smoke: bool = False,
    resume: bool = False,
) -> History:
    """Train a model and leave it with the weights of its best epoch.

    The result depends on the arguments up to `seed` alone: not on kills, interruptions and resumptions in
    between, nor on how long anything took.

    Args:
        model: built; `nlpx.training.step` says what it has to offer. Build it after `seed_everything`.
        batches: of the training texts, with the targets among the features.
        config: epochs, optimiser, moving average, patience, checkpoints.
        evaluate: called after each epoch, with the averaged weights in place if there is an average; gives the
            metrics of the dev split, or nothing where there is no such split; then the last epoch is the best.
        monitor: the metric that chooses the best epoch; higher is better.
        checkpoint_dir: of this training alone.
        seed: dropout and the like derive from it, with the epoch.
        progress: hears what happens; None for silence.
        jit_compile: compile the network with XLA, once per shape of batch; JAX does so in any case.
        max_seconds: finish the epoch that is running at this time, then stop.
        smoke: one epoch of a few batches.
        resume: go on from the newest checkpoint, if there is one; otherwise older checkpoints are removed.

    Raises:
        ConfigError: an option of the config does not fit the model.
        Interrupted: Ctrl-C; the state is saved.
        RunError: the loss is no longer a number; checkpoints are damaged or of another training.
        DiskError: a checkpoint could not be written.
    """
    epochs = 1 if smoke else config.epochs
    steps = min(batches.steps, SMOKE_STEPS) if smoke else batches.steps
    state, step = _engine(model, config, steps, seed, texts=len(batches), jit_compile=jit_compile)
    loop = Loop(
        state=state,
        step=step,
        batches=batches,
        steps=steps,
        epochs=epochs,
        config=config,
        seed=seed,
        evaluate=evaluate,
        monitor=monitor,
        checkpoints=Checkpoints(checkpoint_dir),
        progress=progress or Progress(),
    )
    if resume:
        loop.restore()
    else:
        loop.checkpoints.clear()
    loop.run(max_seconds)
    if smoke:
        state.history.stopped = "smoke"
    return state.history


def _engine(
    model: keras.Model, config: TrainingConfig, steps: int, seed: int, *, texts: int, jit_compile: bool
) -> tuple[TrainingState, Step]:
    """The state of a training at its beginning, and the step that changes it."""
    optimizer = build_optimizer(config, model, -(-steps // config.accumulate) * config.epochs)
    average = WeightAverage(model.trainable_variables, config.ema, debias=config.ema_debias)
    options = build_options(config, model, seed)
    identity = {"seed": seed, "texts": texts, "steps": steps, "accumulate": config.accumulate}
    state = TrainingState(model, optimizer, average, identity, options.variables)
    return state, make_step(model, optimizer, average, jit_compile=jit_compile, options=options)
