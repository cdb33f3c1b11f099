"""One writer at a time, and no lock outlives its process."""

import errno
import os
import re
import signal

import pytest

from nlpx.errors import RunError
from nlpx.runs import RunStore
from nlpx.runs.atomic import TEMP_PREFIX
from tests.runs.sample_runs import ended, process

HOLD = """
import sys
from pathlib import Path
from nlpx.runs import Run, RunStore
run = Run(Path(sys.argv[2])) if sys.argv[2:] else RunStore(sys.argv[1]).create("tagging")
with run.lock():
    run.set_status("running")
    print(run.path, flush=True)
    sys.stdin.readline()
    run.set_status("failed")
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of v0001 until it reads a line or is killed."""
    other = process(HOLD, tmp_path)
    assert other.stdout.readline().strip().endswith("tagging/v0001")
    yield other
    other.kill()
    other.communicate()


def test_second_process_is_refused_and_told_who_writes(tmp_path, holder):
    with pytest.raises(RunError) as caught, RunStore(tmp_path).find("v1").lock():
        pass
    busy = rf"tagging/v1 is busy: it is being written by process {holder.pid} on \S+ since \S+"
    assert re.fullmatch(busy, caught.value.what)
    assert caught.value.todo == "wait for it to end, or start a new run"
    assert caught.value.exit_code == 5


def test_killed_process_frees_the_lock_and_its_run_shows_as_interrupted(tmp_path, holder):
    run = RunStore(tmp_path).find("v1")
    assert run.status().state == "running"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert str(run.status()) == f"interrupted (process {holder.pid} ended without a word)"
    with run.lock():
        run.set_status("running")
        assert run.status().state == "running"
    [resumed] = run.manifest.facts["resumed"]
    assert {"command", "time"} <= set(resumed)


def test_killed_process_nobody_waited_for_counts_as_dead(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    run = RunStore(tmp_path).find("v1")
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    assert run.status().state == "interrupted"


def test_process_that_ends_well_leaves_its_own_status(tmp_path, holder):
    holder.communicate("go on\n")
    run = RunStore(tmp_path).find("v1")
    assert str(run.status()) == "failed"
    with run.lock():
        pass


def test_eight_processes_want_one_run_and_one_gets_it(tmp_path):
    run = ended(RunStore(tmp_path), "interrupted")
    others = [process(HOLD, tmp_path, run.path) for _ in range(8)]
    outputs = [other.communicate("go on\n") for other in others]
    busy = [errors for _, errors in outputs if "is busy" in errors]
    assert len(busy) + sum(str(run.path) in out for out, _ in outputs) == 8
    with run.lock():
        waiting = process(HOLD, tmp_path, run.path)
        assert "is busy" in waiting.communicate()[1]


def test_lock_is_taken_once_per_object_and_released(tmp_path):
    store = RunStore(tmp_path)
    run = ended(store, "failed")
    with run.lock(), run.lock(), pytest.raises(RunError, match="is busy"), store.find("v1").lock():
        pass
    with store.find("v1").lock():
        pass


def test_lock_is_released_by_an_error(tmp_path):
    run = ended(RunStore(tmp_path), "failed")
    with pytest.raises(KeyError), run.lock():
        raise KeyError
    with run.lock():
        pass


def test_lock_clears_what_a_killed_process_was_writing(tmp_path):
    run = ended(RunStore(tmp_path), "failed")
    litter = run.model_dir / f"{TEMP_PREFIX}0123.tmp"
    litter.write_text("half a weight")
    with run.lock():
        assert not litter.exists()


def test_file_system_without_locks_is_told_and_used(tmp_path, monkeypatch, caplog):
    def refuse(handle: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("nlpx.runs.lock._lock", refuse)
    run = ended(RunStore(tmp_path), "failed")
    with run.lock():
        run.set_status("running")
    assert "this file system has no locks (No locks available)" in caplog.text
