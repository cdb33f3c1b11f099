"""What every test gets: runs in a temporary folder, no colours, 80 columns, no environment of the user's."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts its background jobs like that, and then no test could press Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Before anything imports Keras.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# A busy machine must not fail a property.
settings.register_profile("nlpx", deadline=None)
settings.load_profile("nlpx")

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine reaches a test, and no test writes into the project's runs."""
    for name in ("NLPX_SET", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NLPX_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def project() -> Path:
    """The project's root folder."""
    return PROJECT
