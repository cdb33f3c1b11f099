"""Train a small model on one device and on two; print how far the weights and losses are apart.

python parallel_run.py BACKEND: in a process of its own, because devices are split before the backend starts.
"""

from __future__ import annotations

import os
import sys

os.environ["KERAS_BACKEND"] = sys.argv[1]
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"

import keras
import numpy as np

from nlpx.config.training import TrainingConfig
from nlpx.layers.bert import RoFormer
from nlpx.layers.bert.token_head import TokenModel
from nlpx.training.average import WeightAverage
from nlpx.training.devices import on_devices
from nlpx.training.optimizer import build_optimizer
from nlpx.training.options import build_options
from nlpx.training.seeds import seed_everything
from nlpx.training.step import make_step

TOKENS, LENGTH, STEPS = 40, 12, 4


def batches():
    random = np.random.default_rng(0)
    for _ in range(STEPS):
        ids = random.integers(5, TOKENS, (8, LENGTH)).astype(np.int32)
        positions = random.integers(0, LENGTH, (8, 3)).astype(np.int32)
        weights = (random.random((8, 3)) < 0.7).astype(np.float32)  # the parts count differently
        targets = np.take_along_axis(ids, positions, 1)
        mask = np.ones(ids.shape, bool)
        yield {"ids": ids, "mask": mask, "positions": positions, "targets": targets, "weights": weights}


def train(devices, accumulate=1, dropout=0.0):
    seed_everything(0)
    with on_devices(devices) as count:
        bert = RoFormer(
            TOKENS, 8, 1, 2, 12, dropout=dropout, attention_dropout=dropout, pooler=False, name="bert"
        )
        model = TokenModel(bert, name="model")
        model.build()
        config = TrainingConfig(
            learning_rate=1e-2,
            weight_decay=0.01,
            clip_norm=0.1,
            ema=0.9,
            accumulate=accumulate,
            optimizer="lamb",
        )
        optimizer = build_optimizer(config, model, STEPS)
        average = WeightAverage(model.trainable_variables, config.ema, debias=True)
        options = build_options(config, model)
        step = make_step(model, optimizer, average, jit_compile=False, options=options)
        losses = [step(one, last=(i + 1) % accumulate == 0) for i, one in enumerate(batches())]
        kept = [*model.trainable_variables, *average.averages]
        return count, losses, [np.array(keras.ops.convert_to_numpy(one)) for one in kept]


if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    [cpu] = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

for accumulate in (
    (1, 2) if keras.backend.backend() == "tensorflow" else (1,)
):  # JAX's way is the same for both
    (alone, losses, one), (both, same, two) = (train(devices, accumulate) for devices in ("one", "all"))
    assert (alone, both) == (1, 2)
    furthest = max(float(np.abs(a - b).max()) for a, b in zip(one, two, strict=True))
    moved = float(np.ptp(losses))
    print(f"{furthest:.2e} {max(abs(a - b) for a, b in zip(losses, same, strict=True)):.2e} {moved:.2e}")  # noqa: T201

if keras.backend.backend() == "tensorflow":
    assert np.isfinite(train("all", dropout=0.2)[1]).all()  # seeds are drawn in each part
