"""The JAX side of backend equality: one worker process for a test session, asked through its pipes."""

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


def on_jax(network: keras.layers.Layer, batch: dict[str, np.ndarray]) -> np.ndarray:
    """The output of the network, rebuilt from its config and weights on JAX."""
    from nlpx.layers.parts import part_config

    worker = _worker()
    pickle.dump((part_config(network), network.get_weights(), batch), worker.stdin)
    worker.stdin.flush()
    answer = pickle.load(worker.stdout)
    assert not isinstance(answer, str), answer
    return answer


@functools.cache
def _worker() -> subprocess.Popen:
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    # It ends with this process: its standard input closes then.
    return subprocess.Popen(
        [sys.executable, __file__], env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _answer(config: dict[str, Any], weights: list[np.ndarray], batch: dict[str, np.ndarray]) -> np.ndarray:
    from nlpx.layers.parts import part_from_config

    network = part_from_config(config)
    network(batch)
    network.set_weights(weights)
    return np.asarray(network(batch))


def _serve() -> None:
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not reach the pipe of answers
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer: Any = _answer(*request)
        except Exception as error:  # noqa: BLE001 - told to the test that asked
            answer = f"{type(error).__name__}: {error}"
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
