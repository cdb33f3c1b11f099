"""STATUS says what is true now."""

import json
import os
import platform

import pytest

from nlpx.runs.status import STATES, alive, now, read_status, write_status


@pytest.mark.parametrize("state", STATES)
def test_status_reads_back(tmp_path, state):
    write_status(tmp_path, state, "why")
    status = read_status(tmp_path)
    assert (status.state, status.detail, status.pid) == (state, "why", os.getpid())
    assert status.here
    assert str(status) == f"{state} (why)"


def test_file_can_be_read_by_eye(tmp_path):
    write_status(tmp_path, "running")
    written = json.loads((tmp_path / "STATUS").read_text())
    assert list(written) == ["state", "pid", "host", "time"]


def test_unknown_state_is_a_bug(tmp_path):
    with pytest.raises(
        ValueError, match="a run is one of running, finished, failed, interrupted; not 'done'"
    ):
        write_status(tmp_path, "done")


def test_folder_without_status_was_interrupted(tmp_path):
    assert str(read_status(tmp_path)) == "interrupted (it never started: there is no STATUS)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"state": "done"}',
        '{"state": "running", "pid": "x"}',
        '{"state": "failed", "x": 1}',
    ],
)
def test_damaged_status_is_a_failed_run(tmp_path, text):
    (tmp_path / "STATUS").write_text(text)
    assert str(read_status(tmp_path)) == "failed (its STATUS is unreadable)"


def test_status_that_is_no_text_is_a_failed_run(tmp_path):
    (tmp_path / "STATUS").write_bytes(b"\xff\xfe")
    assert read_status(tmp_path).state == "failed"


@pytest.mark.parametrize(
    ("host", "pid", "time", "state"),
    [
        (platform.node(), os.getpid(), now(), "running"),
        (platform.node(), 2**22 + 1, now(), "interrupted"),
        (platform.node(), os.getpid(), "2001-01-01T00:00:00+00:00", "interrupted"),
        (platform.node(), os.getpid(), "yesterday", "interrupted"),
        ("another-host", 2**22 + 1, now(), "running"),
    ],
    ids=["alive", "dead", "number given to another process", "no time", "elsewhere"],
)
def test_running_is_checked_where_it_can_be(tmp_path, host, pid, time, state):
    (tmp_path / "STATUS").write_text(json.dumps({"state": "running", "pid": pid, "host": host, "time": time}))
    assert read_status(tmp_path).state == state


def test_process_of_somebody_else_is_alive():
    assert alive(1, now())
