"""Files are whole or not there."""

import errno
import json
import math
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.runs.atomic import (
    TEMP_PREFIX,
    DiskError,
    atomic_json,
    atomic_write,
    atomic_writer,
    disk_error,
    human_size,
    plain,
    sweep,
)
from tests.runs.sample_runs import process
from tests.runs.tiny_disk import tiny_disk


@pytest.fixture
def small(tmp_path):
    with tiny_disk(tmp_path / "disk", kilobytes=64) as disk:
        yield disk


@pytest.mark.parametrize("content", ["", "文本\n", b"\x00\xff", "a\r\nb"])
def test_content_arrives_as_it_is(tmp_path, content):
    atomic_write(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_writer_shows_nothing_before_the_end(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with atomic_writer(path) as file:
        file.write("new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_failed_body_keeps_the_old_file_and_leaves_no_litter(tmp_path, error):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(error), atomic_writer(path) as file:  # noqa: PT012 - raising inside is the point
        file.write("half")
        raise error
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_error_about_another_file_is_passed_on(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_writer(tmp_path / "file"):
        (tmp_path / "other").read_text()


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(DiskError, match=r"cannot write .*gone/file: its folder does not exist"):
        atomic_write(tmp_path / "gone" / "file", "x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_forbidden_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DiskError, match="permission denied"):
        atomic_write(tmp_path / "file", "x")
    tmp_path.chmod(0o700)


def test_refused_permission_says_what_to_do(tmp_path):
    error = disk_error(tmp_path / "file", PermissionError(13, "Permission denied"), 3)
    assert str(error).splitlines() == [
        f"cannot write {tmp_path / 'file'}: permission denied",
        "check who may write there, or choose another folder with --runs-dir",
    ]
    assert error.exit_code == 5


def test_full_disk_says_what_is_needed_and_free(small):
    (small / "kept").write_text("kept")
    with pytest.raises(DiskError) as caught:
        atomic_write(small / "file", b"x" * 1_000_000)
    assert "the disk is full (at least 1.0 MB needed, " in caught.value.what
    assert "free some space or choose another folder with --runs-dir" in caught.value.todo
    assert [path.name for path in small.iterdir()] == ["kept"]
    atomic_write(small / "file", "there is room again")


def test_full_disk_while_writing_piece_by_piece(small):
    with pytest.raises(DiskError, match="the disk is full"), atomic_writer(small / "file", "wb") as file:
        file.writelines([b"x" * 1000] * 1000)
    assert list(small.iterdir()) == []


def test_file_size_limit_is_named(tmp_path):
    # In a process of its own, because the limit cannot be taken back.
    code = "import sys; from nlpx.runs.atomic import atomic_write; atomic_write(sys.argv[1], 'x' * 10_000)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert "the file is larger than the limit set for this process" in done.stderr
    assert list(tmp_path.iterdir()) == []


WRITE = """
import sys
from nlpx.runs.atomic import atomic_json
print("ready", flush=True)
for number in range(10**9):
    atomic_json(sys.argv[1], {"number": number, "text": "文" * 20_000})
"""


def test_killed_writer_leaves_a_whole_file(tmp_path):
    for attempt in range(6):
        writer = process(WRITE, tmp_path / "value.json")
        writer.stdout.readline()
        time.sleep(0.05 + 0.013 * attempt)
        writer.kill()
        writer.communicate()
        assert len(json.loads((tmp_path / "value.json").read_text())["text"]) == 20_000


def test_sweep_removes_what_killed_processes_left(tmp_path):
    (tmp_path / "model").mkdir()
    for name in (f"{TEMP_PREFIX}1.tmp", f"model/{TEMP_PREFIX}2.tmp", "model/weights", ".hidden.tmp"):
        (tmp_path / name).write_text("")
    sweep(tmp_path)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"weights", ".hidden.tmp"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda items: st.lists(items) | st.dictionaries(st.text(), items),
)


@given(JSON)
def test_json_reads_back(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "value.json"
    atomic_json(path, value)
    assert json.loads(path.read_text(encoding="utf-8")) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.arange(3), [0, 1, 2]),
        ({"a": math.nan, 1: (math.inf,)}, {"a": None, "1": [None]}),
        (Path("a/b"), "a/b"),
        ({"c", "a", "b"}, ["a", "b", "c"]),
    ],
    ids=["scalar", "array", "not finite", "path", "set"],
)
def test_plain_makes_json_types(value, expected):
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (999, "999 bytes"), (3.4e6, "3.4 MB"), (2e12, "2.0 TB")]
)
def test_human_size(size, text):
    assert human_size(size) == text


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC])
def test_the_advice_names_what_chooses_the_folder(tmp_path, monkeypatch, number):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    error = OSError(number, "no")
    assert "NLPX_CACHE" in disk_error(tmp_path / "cache" / "words.npz", error, 9).todo
    assert "--runs-dir" in disk_error(tmp_path / "runs" / "model.bin", error, 9).todo
