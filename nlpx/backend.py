"""Choose the Keras backend and import it without its chatter."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def load_backend() -> str:
    """Import Keras with its backend; returns the backend's name. Call it before anything else imports Keras.

    The user's own environment wins. What TensorFlow's C++ parts say while they start would hide the runner's own lines,
    so it is kept back, and shown only where the import fails.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" not in sys.modules:
        with _held_stderr():
            import keras  # noqa: F401 - imported for its side effects
        # Every shape of batch is traced once, on purpose; TensorFlow would warn of it.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return os.environ["KERAS_BACKEND"]


@contextmanager
def _held_stderr() -> Iterator[None]:
    """Keep what is written to file descriptor 2, by C++ too; show it if the block raises."""
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            held.seek(0)
            os.write(real, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(real, 2)
            os.close(real)
