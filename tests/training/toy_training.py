"""A classifier of three classes in a few lines, and steps of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from nlpx.config.training import TrainingConfig
from nlpx.layers.divergence import categorical
from nlpx.layers.masking import masked_mean, mean_of_real
from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch
from nlpx.training.optimizer import build_optimizer
from nlpx.training.options import build_options
from nlpx.training.step import Step, make_step


class Toy(keras.Model):
    """The mean vector of a text's characters, a hidden layer, classes; the loss is the mean over real texts."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__(name="toy")
        self.embedding = keras.layers.Embedding(20, 4, name="embedding")
        self.hidden = keras.layers.Dense(5, activation="tanh", name="hidden")
        self.dropout = keras.layers.Dropout(dropout, seed=3, name="dropout")
        self.classes = keras.layers.Dense(3, name="classes")

    def call(self, batch: Batch, training: bool = False) -> Any:
        x = masked_mean(self.embedding(batch["chars"]), ops.cast(batch["mask"], "bool"))
        return self.classes(self.dropout(self.hidden(x), training=training))

    def compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool = True) -> Any:
        wrong = keras.losses.sparse_categorical_crossentropy(x["label"], y_pred, from_logits=True)
        return mean_of_real(wrong, x["mask"])

    def divergence(self, outputs: Any, others: Any, x: Any) -> Any:
        return mean_of_real(categorical(outputs, others), x["mask"])


def make_batch(rows: int, size: int | None = None, seed: int = 0) -> Batch:
    """Random texts of 1 to 6 characters, and rows without any up to a size."""
    draw = np.random.default_rng(seed)
    size = size or rows
    lengths = np.where(np.arange(size) < rows, draw.integers(1, 7, size), 0)
    return {
        "chars": draw.integers(2, 20, (size, 6)).astype("int32"),
        "label": draw.integers(0, 3, size).astype("int32"),
        "mask": np.arange(6) < lengths[:, None],
    }


def join(batches: Sequence[Batch]) -> Batch:
    """One batch of the rows of several."""
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def make_toy(dropout: float = 0.0) -> Toy:
    """The same weights at every call, none of them zero."""
    keras.utils.set_random_seed(1)
    toy = Toy(dropout)
    toy(make_batch(2))
    for variable in toy.trainable_variables:
        variable.assign(variable + 0.1)
    return toy


def toy_step(
    toy: Toy, *, optimizer: keras.optimizers.Optimizer | None = None, jit_compile: bool = False, **keys: Any
) -> Step:
    """The step of a config with these keys; plain SGD with the rate 1 unless told otherwise."""
    config = TrainingConfig(**keys)
    if optimizer is None:
        optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(toy.trainable_variables)
    average = WeightAverage(toy.trainable_variables, config.ema, debias=config.ema_debias)
    return make_step(toy, optimizer, average, jit_compile=jit_compile, options=build_options(config, toy))


def configured_step(toy: Toy, steps: int = 10, **keys: Any) -> Step:
    """The same with the config's own optimiser."""
    return toy_step(toy, optimizer=build_optimizer(TrainingConfig(**keys), toy, steps), **keys)


def values(toy: Toy) -> list[np.ndarray]:
    """A copy of all trainable weights."""
    return [np.array(ops.convert_to_numpy(variable)) for variable in toy.trainable_variables]


def changes(toy: Toy, step: Step, *batches: Batch) -> list[np.ndarray]:
    """How far the weights go in steps over batches."""
    before = values(toy)
    for batch in batches:
        step(batch)
    return [after - start for after, start in zip(values(toy), before, strict=True)]


def assert_same(found: Sequence[np.ndarray], wanted: Sequence[np.ndarray], atol: float = 1e-6) -> None:
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)
