"""Claiming, listing and removing runs."""

import pytest

from nlpx.errors import RunError
from nlpx.runs import RunStore, default_root
from nlpx.runs.folder import RunFolder
from nlpx.runs.store import slug
from tests.runs.sample_runs import ended, finished, process
from tests.runs.tiny_disk import fill, tiny_disk

CLAIM = """
import sys
from nlpx.runs import RunStore
print("ready", flush=True)
sys.stdin.readline()
for number in range(5):
    print(RunStore(sys.argv[1]).create("tagging", sys.argv[2]).path.name, flush=True)
"""


@pytest.fixture
def small(tmp_path):
    with tiny_disk(tmp_path / "disk", kilobytes=128) as disk:
        yield disk


def test_eight_processes_at_once_get_versions_of_their_own(tmp_path):
    # Every second one gives a name: folders of one version and two names would not collide by themselves.
    names = [f"n{number}" if number % 2 else "" for number in range(8)]
    claimers = [process(CLAIM, tmp_path, name) for name in names]
    for claimer in claimers:
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    claimed = [line for claimer in claimers for line in claimer.communicate()[0].split()]
    assert [run.version for run in RunStore(tmp_path).list()] == list(range(1, 41))
    assert sorted(run.path.name for run in RunStore(tmp_path).list()) == sorted(claimed)


def test_version_and_name_make_the_folder(tmp_path):
    store = RunStore(tmp_path)
    paths = [store.create("tagging", name).path for name in ("", "bi lstm/2", "中文")]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "tagging/v0001",
        "tagging/v0002-bi-lstm-2",
        "tagging/v0003-中文",
    ]


def test_new_run_is_running_and_has_a_manifest(tmp_path):
    run = RunStore(tmp_path).create("tagging", "a")
    assert (run.status().state, run.ref, run.task, run.version, run.name) == (
        "running",
        "tagging/v1",
        "tagging",
        1,
        "a",
    )
    assert run.manifest.facts["command"]


def test_five_digits_follow_four(tmp_path):
    (tmp_path / "tagging" / "v9999").mkdir(parents=True)
    assert RunStore(tmp_path).create("tagging").path.name == "v10000"


def test_tasks_count_by_themselves(tmp_path):
    store = RunStore(tmp_path)
    finished(store, task="b")
    finished(store, task="a")
    finished(store, task="b")
    assert [run.ref for run in store.list()] == ["a/v1", "b/v1", "b/v2"]
    assert [run.ref for run in store.list("b")] == ["b/v1", "b/v2"]


def test_missing_folder_has_no_runs(tmp_path):
    assert RunStore(tmp_path / "gone").list() == []


def test_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(RunError, match=r"cannot write .*runs/tagging"):
        RunStore(tmp_path / "runs").create("tagging")


def test_full_disk_at_the_start_leaves_no_run_and_harms_no_other(small):
    store = RunStore(small)
    other = finished(store)
    fill(small / "ballast")
    with pytest.raises(RunError, match="the disk is full"):
        store.create("tagging")
    assert [run.path for run in store.list()] == [other.path]
    other.verify()


def test_full_disk_in_a_run_still_says_that_it_failed(small):
    run = RunStore(small).create("tagging")
    fill(run.model_dir / "ballast")
    with pytest.raises(RunError, match="the disk is full"):
        run.write_text("log.txt", "x" * 9000)
    run.set_status("failed", "the disk is full, and this is a long story")
    assert str(run.status()) == "failed (the disk is full, and this is a long story)"


def test_removed_run_is_gone_and_others_stay(tmp_path):
    store = RunStore(tmp_path)
    first, second = finished(store), finished(store)
    store.remove(first)
    assert [run.path for run in store.list()] == [second.path]
    assert [path.name for path in (tmp_path / "tagging").glob("v*")] == ["v0002"]
    assert len(list((tmp_path / "tagging").iterdir())) == 2  # what remembers the highest removed version


def test_the_number_of_a_removed_run_is_not_given_again(tmp_path):
    store = RunStore(tmp_path)
    runs = [finished(store) for _ in range(3)]
    for run in reversed(runs):
        store.remove(run)
    assert store.create("tagging").version == 4


def test_running_or_locked_run_is_not_removed(tmp_path):
    store = RunStore(tmp_path)
    running, stopped = store.create("tagging"), ended(store, "failed")
    with pytest.raises(RunError, match=r"tagging/v1 is being written by process \d+ on"):
        store.remove(running)
    with stopped.lock(), pytest.raises(RunError, match="tagging/v2 is busy"):
        store.remove(store.find("v2"))
    assert len(store.list()) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", ""),
        ("a b", "a-b"),
        ("../../etc", "etc"),
        ("-x-", "x"),
        ("名 字", "名-字"),
        ("x" * 99, "x" * 60),
        ("...", ""),
    ],
)
def test_slug(name, expected):
    assert slug(name) == expected


def test_default_folder_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("NLPX_RUNS", "/elsewhere")
    assert default_root().as_posix() == "/elsewhere"
    monkeypatch.delenv("NLPX_RUNS")
    assert RunStore().root.as_posix() == "runs"


@pytest.mark.parametrize("name", ["v1", "x0001", "v0001-", "runs"])
def test_other_folders_are_no_runs(tmp_path, name):
    with pytest.raises(RunError, match="is not a run folder"):
        RunFolder(tmp_path / name)
