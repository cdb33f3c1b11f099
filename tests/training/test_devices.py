"""Two devices train as one does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_virtual_devices_give_the_weights_of_one(backend):
    script = Path(__file__).with_name("parallel_run.py")
    done = subprocess.run([sys.executable, str(script), backend], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines
    for line in lines:
        weights, losses, moved = map(float, line.split())
        assert max(weights, losses) < 1e-5 < moved
