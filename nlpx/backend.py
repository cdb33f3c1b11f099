"""Choose and quieten the Keras backend before anything imports it."""

from __future__ import annotations

import os
import sys


def configure() -> str:
    """Set the environment Keras and TensorFlow read at import; returns the backend's name.

    Call it before the first `import keras`. The user's own environment wins. TensorFlow's C++ start-up chatter is
    silenced because it hides the runner's own lines.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    return os.environ["KERAS_BACKEND"]


def keras_loaded() -> bool:
    """Whether Keras has been imported already, so that `configure` comes too late."""
    return "keras" in sys.modules
