"""What a run was made from, kept as it goes."""

import hashlib
import json
import os
import subprocess
import sys
import time

import pytest

import nlpx
from nlpx.errors import DataError, RunError
from nlpx.runs import Run, RunStore
from nlpx.runs.environment import environment, git_state
from nlpx.runs.manifest import Manifest
from tests.runs.sample_runs import ended, finished, write_config


@pytest.fixture
def run(tmp_path):
    return RunStore(tmp_path / "runs").create("tagging")


def on_disk(run: Run) -> dict:
    return json.loads((run.path / "manifest.json").read_text())


def test_facts_of_machine_and_program():
    facts = environment()
    assert facts["nlpx"] == nlpx.__version__
    assert facts["python"] == ".".join(map(str, sys.version_info[:3]))
    assert facts["libraries"].keys() >= {"keras", "numpy", "pandas"}
    assert facts["cores"] >= 1
    assert facts["backend"] == os.environ["KERAS_BACKEND"]


def test_killed_run_has_its_facts(run):
    run.note("data.train", {"repaired": 3})
    run.note("data.dev", {"repaired": 0})
    assert on_disk(run)["data"] == {"train": {"repaired": 3}, "dev": {"repaired": 0}}
    assert on_disk(run)["peak_memory_mb"] > 1


def test_manifest_reads_back(run):
    run.note("fit.parameters", 12)
    assert Manifest.read(run.path).facts == run.manifest.facts


def test_input_is_hashed_as_sha256sum_does(run, tmp_path):
    data = tmp_path / "train.bio"
    data.write_bytes(b"x" * 3_000_000)
    run.add_input(data, "data.train")
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    assert on_disk(run)["inputs"]["data.train"] == {"path": str(data), "sha256": digest, "size": 3_000_000}


def test_missing_input_is_a_data_error(run, tmp_path):
    with pytest.raises(DataError, match=r"cannot read .*gone: No such file or directory"):
        run.add_input(tmp_path / "gone")


def test_changed_input_is_named(run, tmp_path):
    data = tmp_path / "train.bio"
    data.write_text("before")
    run.add_input(data, "data.train")
    assert run.changed_inputs({"data.train": data, "data.new": tmp_path / "new"}) == []
    data.write_text("after")
    assert run.changed_inputs({"data.train": data}) == [f"data.train: {data} has other content"]
    with pytest.raises(RunError, match=r"train.bio has changed since the run started"):
        run.add_input(data, "data.train")


def test_stages_are_timed_and_add_up(run):
    for _ in range(2):
        with run.stage("fit"), run.stage("epoch"):
            time.sleep(0.01)
    stages = on_disk(run)["stages"]
    assert list(stages) == ["fit/epoch", "fit"]
    assert stages["fit"] >= stages["fit/epoch"] >= 0.02
    assert run.manifest.seconds() == stages["fit"]


def test_stage_that_fails_is_timed_too(run):
    with pytest.raises(KeyError), run.stage("fit"):
        raise KeyError
    assert "fit" in on_disk(run)["stages"]


def test_run_without_stages_has_no_time(run):
    assert run.manifest.seconds() is None


def test_finished_manifest_has_seed_and_artefacts(tmp_path):
    facts = on_disk(finished(RunStore(tmp_path), seed=7))
    assert facts["seed"] == 7
    assert set(facts["artefacts"]) == {"config.yaml", "metrics.json", "model/weights.bin"}


def test_same_process_going_on_is_no_resume(run):
    write_config(run, {})
    run.set_status("running")
    assert on_disk(run)["resumed"] == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[: len(text) // 2], "is damaged: "),
        (lambda text: "", "is damaged: Expecting value at line 1, column 1"),
        (lambda text: "[]", "is damaged: expected an object, found list"),
        (lambda text: '{"inputs": 3}', "is damaged: inputs is not what nlpx writes there"),
        (lambda text: '{"stages": {"fit": "x"}}', "is damaged: stages is not what nlpx writes there"),
        (lambda text: "[" * 100_000, "is damaged: "),
        (lambda text: '{"x": ' + "1" * 5000 + "}", "is damaged: "),
    ],
    ids=["cut off", "empty", "list", "wrong part", "wrong item", "deep", "huge number"],
)
def test_damaged_manifest_is_named(tmp_path, damage, message):
    run = ended(RunStore(tmp_path), "failed")
    path = run.path / "manifest.json"
    path.write_text(damage(path.read_text()))
    with pytest.raises(RunError) as caught:
        _ = Run(run.path).manifest
    assert caught.value.what.startswith(f"{path} {message}")
    assert "copy it again from where it came from" in caught.value.todo


def test_git_state_tells_commit_and_dirt(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    assert git_state(tmp_path) is None

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "first")
    assert git_state(tmp_path) == {
        "folder": str(tmp_path),
        "commit": git("rev-parse", "HEAD"),
        "dirty": False,
    }
    (tmp_path / "new.py").write_text("")
    assert git_state(tmp_path)["dirty"] is True


def test_missing_git_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_state(tmp_path) is None
