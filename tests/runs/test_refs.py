"""Names of runs, as users type them."""

import json
import shutil

import pytest

from nlpx.errors import RunError
from nlpx.runs import RunStore
from tests.runs.sample_runs import ended, finished, metrics, write_config


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """tagging: v1 0.7, v2 0.9, v3 0.8, v4 failed."""
    store = RunStore(tmp_path_factory.mktemp("template"))
    for name, f1 in (("low", 0.7), ("high", 0.9), ("", 0.8)):
        finished(store, name, f1)
    ended(store, "failed", "oops")
    return store


@pytest.fixture
def store(template, tmp_path):
    """A copy of the template to do anything with."""
    shutil.copytree(template.root, tmp_path / "runs")
    return RunStore(tmp_path / "runs")


@pytest.mark.parametrize(
    ("ref", "version"),
    [
        ("latest", 3),
        ("best", 2),
        ("tagging/latest", 3),
        ("tagging/best", 2),
        ("v1", 1),
        ("1", 1),
        ("v0001", 1),
        ("v4", 4),
        ("v0002-high", 2),
        ("tagging/v2", 2),
        ("tagging/v0001-low", 1),
    ],
)
def test_names(store, ref, version):
    assert store.find(ref).version == version


def test_paths(store, monkeypatch):
    path = store.list()[0].path
    elsewhere = RunStore(store.root / "nothing")
    assert elsewhere.find(str(path)).path == path
    monkeypatch.chdir(path.parent)
    assert elsewhere.find("./v0001-low/").path == path
    monkeypatch.chdir(path)
    assert elsewhere.find(".").path == path


def test_latest_is_the_one_that_finished_last_not_the_highest_version(tmp_path):
    store = RunStore(tmp_path)
    first = store.create("tagging")
    finished(store)
    first.finish(metrics(0.1))
    assert store.find("latest").version == 1


@pytest.mark.parametrize("ref", ["v3", "best"])
def test_several_tasks_must_be_told_apart(store, ref):
    for _ in range(3):
        finished(store, task="linking")
    with pytest.raises(RunError, match=r"could be 2 runs|of which task\?") as caught:
        store.find(ref)
    assert "linking/" in str(caught.value)
    assert store.find(ref, task="linking").task == "linking"
    assert store.find(f"linking/{ref}").task == "linking"


def test_latest_looks_at_all_tasks(store):
    finished(store, task="linking")
    assert store.find("latest").ref == "linking/v1"


def test_best_respects_the_direction(tmp_path):
    store = RunStore(tmp_path)
    for value in (0.5, 0.2, 0.4):
        run = store.create("tagging")
        run.finish(metrics(value, higher_is_better=False))
    assert store.find("best").version == 2


def test_best_compares_with_the_newest_metric_only(store):
    run = store.create("tagging")
    run.finish(metrics(0.1, split="test"))
    assert store.find("best").version == 5


def test_best_is_never_a_smoke_run(tmp_path):
    store = RunStore(tmp_path)
    finished(store, f1=0.99, smoke=True)
    with pytest.raises(RunError, match="no finished run with a main metric"):
        store.find("best")
    finished(store, f1=0.5)
    assert store.find("best").version == 2


def test_best_of_equals_is_the_earlier(tmp_path):
    store = RunStore(tmp_path)
    for _ in range(3):
        finished(store, f1=0.5)
    assert store.find("best").version == 1


@pytest.mark.parametrize(
    "main", [None, 3, {"value": 1}, {"split": "dev", "metric": "f1", "value": "x"}, {"value": None}]
)
def test_best_passes_over_runs_without_a_score(store, main):
    write_config(run := store.create("tagging"), {})
    run.finish({"main": main, "splits": {}})
    assert store.find("best").version == 2


def test_best_of_several_data_is_refused_with_the_best_of_each(tmp_path):
    store = RunStore(tmp_path)
    finished(store, "a", 0.6, data={"dev": "/x/weibo/dev.txt"})
    finished(store, "b", 0.9, data={"dev": "/x/msra/dev.txt"})
    with pytest.raises(RunError, match="'best' on which texts") as refused:
        store.find("best")
    assert list(refused.value.details) == [
        "tagging/v0002-b is best on msra/dev.txt",
        "tagging/v0001-a is best on weibo/dev.txt",
    ]


def test_a_run_is_found_by_its_name(tmp_path):
    store = RunStore(tmp_path)
    finished(store, "first")
    finished(store, "second")
    assert store.find("first").version == 1
    finished(store, "first")
    with pytest.raises(RunError, match="'first' could be 2 runs"):
        store.find("first")


def test_best_passes_over_damaged_scores(store):
    (store.find("v2").path / "metrics.json").write_text("{")
    assert store.find("best").version == 3


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("v0002-hihg", "did you mean v0002-high? "),
        ("hihg", "did you mean v0002-high? "),
        ("tagging/v9", "did you mean tagging/v"),
        ("lastest", "did you mean latest? "),
        ("zzz", ""),
    ],
)
def test_unknown_name_lists_what_exists(store, ref, hint):
    with pytest.raises(RunError) as caught:
        store.find(ref)
    assert caught.value.what == f"there is no run {ref!r} in {store.root}"
    assert caught.value.details[0] == "tagging/v0004-oops: failed"
    assert len(caught.value.details) == 4
    assert caught.value.todo.startswith(hint)
    assert caught.value.exit_code == 5


def test_long_lists_are_shortened(tmp_path):
    store = RunStore(tmp_path)
    for version in range(1, 15):
        (tmp_path / "tagging" / f"v{version:04d}").mkdir(parents=True)
    with pytest.raises(RunError) as caught:
        store.find("v99")
    assert len(caught.value.details) == 11
    assert caught.value.details[-1] == "… and 4 more"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RunError, match="there is no such folder") as caught:
        RunStore(tmp_path / "none").find("latest")
    assert caught.value.what == f"there is no finished run in {tmp_path / 'none'}: there is no such folder"


def test_empty_store_says_how_to_start(tmp_path):
    with pytest.raises(RunError, match="there is no finished run in") as caught:
        RunStore(tmp_path).find("latest")
    assert caught.value.todo.startswith("train one first: nlpx train TASK --config FILE")


@pytest.mark.parametrize(
    ("ref", "wanted"), [("latest", "finished run"), ("best", "finished run with a main metric")]
)
def test_only_unfinished_runs(tmp_path, ref, wanted):
    ended(RunStore(tmp_path), "interrupted")
    with pytest.raises(RunError, match=f"there is no {wanted} in") as caught:
        RunStore(tmp_path).find(ref)
    assert caught.value.details == ("tagging/v0001: interrupted",)


def test_folder_of_something_else_is_refused(store, tmp_path):
    (tmp_path / "v0001").mkdir()
    for path in (tmp_path, tmp_path / "v0001", store.root):
        with pytest.raises(RunError, match="is a folder, but not of a run"):
            store.find(f"{path}/")


def test_status_of_other_host_is_kept(store):
    run = store.find("v4")
    status = {"state": "running", "pid": 1, "host": "gpu-7", "time": "2026-01-01T00:00:00+00:00"}
    (run.path / "STATUS").write_text(json.dumps(status))
    with pytest.raises(RunError, match=r"tagging/v4 is being written by process 1 on gpu-7"):
        store.remove(run)
