"""Full disks, many trainings at once, and processes that die."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from nlpx.runs import RunStore
from tests.pipeline.templates import train_template
from tests.pipeline.tiny import CRFSUITE, NEURAL, environment, nlpx, process, train, write_experiment
from tests.runs.tiny_disk import fill, tiny_disk

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")


@pytest.fixture
def config(tmp_path):
    return write_experiment(tmp_path / "work")


def at_once(config, count: int) -> list[int]:
    """Exit codes of trainings that were started together."""
    running = [
        process("train", "sequence_labeling", "-q", "-c", config, env=environment()) for _ in range(count)
    ]
    ends = [child.communicate() for child in running]
    assert [err for _, err in ends] == [""] * count
    return [child.returncode for child in running]


def test_trainings_at_once_get_a_version_each(config):
    assert at_once(config, 3) == [0, 0, 0]
    runs = RunStore().list()
    assert [(run.version, run.status().state) for run in runs] == [
        (1, "finished"),
        (2, "finished"),
        (3, "finished"),
    ]
    assert len({(run.path / "predictions" / "test.jsonl").read_bytes() for run in runs}) == 1


@pytest.mark.slow
def test_eight_trainings_at_once_get_eight_versions(config):
    assert at_once(config, 8) == [0] * 8
    runs = RunStore().list()
    assert [run.version for run in runs] == list(range(1, 9))
    for run in runs:
        run.verify()


@pytest.mark.parametrize(
    ("text", "kilobytes", "file"),
    [(NEURAL, 120, "checkpoint/state"), (CRFSUITE, 60, "")],
    ids=["training", "saving"],
)
def test_a_full_disk_ends_in_a_clear_error_and_harms_no_other_run(tmp_path, text, kilobytes, file):
    config = write_experiment(tmp_path / "work", text)
    with tiny_disk(tmp_path / "disk", kilobytes=kilobytes) as disk:
        other = RunStore(disk).create("sequence_labeling", "other")
        other.finish({"main": None, "splits": {}})
        result = train(config, "--runs-dir", disk)
        assert result.exit_code == 5, result.output
        assert re.search(
            rf"error: cannot write \S+/v0002-tiny/{file}\S+: the disk is full \(at least", result.stderr
        )
        assert "→ free some space" in result.stderr
        failed = RunStore(disk).find("v2")
        assert failed.status().state == "failed"
        assert "the disk is full" in failed.status().detail
        other.verify()
        assert not list(disk.rglob(".nlpx-*"))


def test_a_disk_without_any_room_starts_no_run(tmp_path, config):
    with tiny_disk(tmp_path / "disk", kilobytes=64) as disk:
        fill(disk / "big")
        result = train(config, "--runs-dir", disk)
    assert result.exit_code == 5, result.output
    assert "the disk is full" in result.stderr


def test_predictions_that_do_not_fit_leave_the_old_ones(tmp_path):
    template = train_template(tmp_path / "template")
    with tiny_disk(tmp_path / "disk", kilobytes=64) as disk:
        (disk / "out.jsonl").write_text("old")
        fill(disk / "big")
        result = nlpx("predict", "--runs-dir", template / "runs", "--force", "-o", disk / "out.jsonl")
        assert result.exit_code == 5
        assert "out.jsonl: the disk is full" in result.stderr
        assert (disk / "out.jsonl").read_text() == "old"


def test_progress_into_a_closed_pipe_does_not_stop_a_training(config):
    command = f"{sys.executable} -m nlpx.cli.main train sequence_labeling -c {config} 2>&1 >/dev/null | true"
    subprocess.run(["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"], env=environment(), check=True)
    assert RunStore().find("latest").status().state == "finished"
