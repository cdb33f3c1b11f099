"""A second Python with Keras on JAX, started at its first use and kept for the session.

A process can hold one Keras backend only, and starting Keras takes seconds; so one worker answers for all layers.
"""

from __future__ import annotations

import functools
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

ROOT = Path(__file__).parents[2]


def on_jax(layer: keras.layers.Layer, x: np.ndarray, mask: np.ndarray) -> dict[str, Any]:
    """The layer rebuilt from its config and weights on JAX: its `output`, and `gradients` of the summed squares."""
    module, name = type(layer).__module__, type(layer).__name__
    request = (module, name, layer.get_config(), layer.get_weights(), x, mask)
    worker = _worker()
    pickle.dump(request, worker.stdin)
    worker.stdin.flush()
    answer = pickle.load(worker.stdout)
    assert "error" not in answer, answer["error"]
    return answer


@functools.cache
def _worker() -> subprocess.Popen:
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    # It ends with this process: its standard input closes then.
    return subprocess.Popen(
        [sys.executable, __file__], env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _answer(
    module: str, name: str, config: dict, weights: list, x: np.ndarray, mask: np.ndarray
) -> dict[str, Any]:
    import importlib

    import jax

    layer = getattr(importlib.import_module(module), name).from_config(config)
    layer(x, mask=mask)
    layer.set_weights(weights)
    fixed = [v.value for v in layer.non_trainable_variables]

    def loss(x: Any, trainable: list[Any]) -> tuple[Any, Any]:
        output, _ = layer.stateless_call(trainable, fixed, x, mask=mask)
        return (output**2).sum(), output

    graded = jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))
    (_, output), (x_gradient, gradients) = graded(x, [v.value for v in layer.trainable_variables])
    return {"output": np.asarray(output), "gradients": [np.asarray(g) for g in (x_gradient, *gradients)]}


def _serve() -> None:
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not reach the pipe of answers
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = _answer(*request)
        except Exception as error:  # noqa: BLE001 - told to the test that asked
            answer = {"error": f"{type(error).__name__}: {error}"}
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
