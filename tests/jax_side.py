"""A second Python with Keras on JAX, started at its first use and kept for the session.

A process can hold one Keras backend only, and starting Keras takes seconds; so one worker answers for all tests of a
process. It is asked through its pipes, and ends with this process, when its standard input closes.
"""

from __future__ import annotations

import functools
import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def ask_jax(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function at the top of a module of tests gives on JAX; its arguments and answer are pickled."""
    worker = _worker()
    pickle.dump((function.__module__, function.__name__, arguments), worker.stdin)
    worker.stdin.flush()
    answer, error = pickle.load(worker.stdout)
    assert error is None, error
    return answer


@functools.cache
def _worker() -> subprocess.Popen:
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jax_side"],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _serve() -> None:
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not reach the pipe of answers
    while True:
        try:
            module, name, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer, error = getattr(importlib.import_module(module), name)(*arguments), None
        except Exception as raised:  # noqa: BLE001 - told to the test that asked
            answer, error = None, f"{type(raised).__name__}: {raised}"
        pickle.dump((answer, error), answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
