"""Killed or interrupted at random moments and resumed, a training ends with the bytes of an undisturbed one."""

from __future__ import annotations

import os

import pytest

from nlpx.runs import Run, RunStore
from tests.pipeline.disturbed import disturb
from tests.pipeline.tiny import NEURAL, write_experiment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

SAME = (
    "model/weights.safetensors",
    "model/tags.json",
    "predictions/dev.jsonl",
    "predictions/test.jsonl",
    "submission/predictions.jsonl",
    "config.yaml",
    "metrics.json",
)
BATCHES = 6
"""Of an epoch of the tiny experiment."""


def check_equal(one: Run, two: Run) -> None:
    assert [run.status().state for run in (one, two)] == ["finished", "finished"]
    for name in SAME:
        assert (one.path / name).read_bytes() == (two.path / name).read_bytes(), name
    two.verify()
    assert not list(two.path.rglob(".nlpx-*"))
    assert not (two.path / "checkpoint").exists()


def test_ctrl_c_and_kill_change_nothing(tmp_path):
    config = write_experiment(tmp_path / "work", NEURAL)
    killed, interrupted = disturb(config, tmp_path / "runs", ["SIGKILL batch", "SIGINT batch"])
    assert killed["code"] == -9
    assert (interrupted["code"], interrupted["state"]) == (130, "interrupted")
    assert interrupted["after"] <= [
        interrupted["before"][0],
        interrupted["before"][1] + 2,
    ]  # no more than a batch later
    one, two = RunStore(tmp_path / "runs").list()
    check_equal(one, two)
    assert len(two.manifest.facts["resumed"]) == 2


@pytest.mark.slow
def test_twenty_kills_change_nothing(tmp_path):
    text = NEURAL.replace("epochs: 8", "epochs: 100, patience: null")
    config = write_experiment(tmp_path / "work", text)
    moments = ["SIGKILL batch"] * 17 + ["SIGKILL end"] * 3
    done = disturb(config, tmp_path / "runs", moments, seed=int.from_bytes(os.urandom(2)))
    assert [one["code"] for one in done] == [-9] * 20
    check_equal(*RunStore(tmp_path / "runs").list())
