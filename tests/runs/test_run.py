"""What a run lets itself be written, and how damage to it is found."""

import pytest

from nlpx.errors import RunError
from nlpx.runs import Run, RunStore
from nlpx.runs.folder import ADDABLE
from tests.runs.sample_runs import ended, finished, metrics


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


def test_files_are_written_and_read(store):
    run = store.create("tagging")
    run.write_text("config.yaml", "seed: 3\n")
    run.write_json("model/labels.json", ["B-人", "O"])
    assert (run.seed, run.read_json("model/labels.json")) == (3, ["B-人", "O"])
    assert run.read_text("config.yaml") == "seed: 3\n"


def test_folders_are_made_on_use(store):
    run = store.create("tagging")
    folders = [run.model_dir, run.predictions_dir, run.submission_dir]
    assert [folder.name for folder in folders if folder.is_dir()] == ["model", "predictions", "submission"]


def test_history_has_a_column_per_key(store):
    path = store.create("tagging").write_history([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "f1": 0.1}])
    assert path.read_text() == "epoch,loss,f1\n1,0.5,\n2,,0.1\n"


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ""])
def test_nothing_is_written_outside(store, name):
    with pytest.raises(ValueError, match="not a path inside a run folder"):
        store.create("tagging").write_text(name, "")


@pytest.mark.parametrize("name", ["config.yaml", "metrics.json", "model/weights.bin", "log.txt", "STATUS"])
def test_finished_run_is_not_written_again(store, name):
    run = finished(store)
    with pytest.raises(RunError) as caught:
        run.write_text(name, "")
    assert caught.value.what == f"tagging/v1 is finished, so its {name} is not written again"
    assert "start a new run; only explanations, predictions, report.html, submission" in caught.value.todo
    run.verify()


@pytest.mark.parametrize(
    "change",
    [
        lambda run: run.set_status("running"),
        lambda run: run.finish(metrics(0.9)),
        lambda run: run.note("key", 1),
        lambda run: run.add_input(run.path / "config.yaml"),
        lambda run: run.stage("fit"),
        lambda run: run.write_history([]),
    ],
    ids=["status", "finish", "note", "input", "stage", "history"],
)
def test_finished_run_is_not_changed_by_other_ways(store, change):
    with pytest.raises(RunError, match="tagging/v1 is finished"):
        change(finished(store))


@pytest.mark.parametrize("name", sorted(ADDABLE))
def test_named_artefacts_can_be_added(store, name):
    run = finished(store)
    run.write_text(name if "." in name else f"{name}/file", "added")
    run.verify()


def test_model_folder_of_a_finished_run_is_not_made(store):
    run = store.create("tagging")
    run.finish({"main": None, "splits": {}})
    assert not run.model_dir.exists()
    run.verify_model()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"w" * 400, "model/weights.bin: cut off: 400 bytes instead of 1.0 KB"),
        (b"w" * 1200, "model/weights.bin: grew: 1.2 KB instead of 1.0 KB"),
        (b"x" + b"w" * 999, "model/weights.bin: its content changed"),
        (None, "model/weights.bin: missing"),
    ],
    ids=["cut off", "longer", "changed", "missing"],
)
def test_damaged_model_is_named(store, content, line):
    run = finished(store)
    weights = run.model_dir / "weights.bin"
    weights.unlink() if content is None else weights.write_bytes(content)
    for check in (run.verify, run.verify_model):
        with pytest.raises(RunError, match=r"1 file\(s\) changed since the run finished") as caught:
            check()
        assert caught.value.details == (line,)


def test_changed_scores_are_found_but_do_not_stop_the_model(store):
    run = finished(store)
    path = run.path / "metrics.json"
    path.write_text(path.read_text().replace("0.5", "0.9"))
    run.verify_model()
    with pytest.raises(RunError) as caught:
        run.verify()
    assert caught.value.details == ("metrics.json: its content changed",)


def test_manifest_that_was_edited_to_fit_is_found(store):
    run = finished(store)
    path = run.path / "manifest.json"
    path.write_text(path.read_text().replace('"size": 1000', '"size": 999'))
    with pytest.raises(
        RunError, match=r"manifest.json is damaged: its content changed since the run finished"
    ):
        Run(run.path).verify()


BOMB = "a0: &a0 [1, 1]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]\n" for i in range(1, 20))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "is damaged: while parsing"),
        ("- 1", "is damaged: expected keys"),
        ("!!python/none x", "is damaged: could not determine a constructor"),
        (BOMB, "is damaged: its anchors repeat"),
        ("a: &a [*a]", "is damaged: "),
        ("x: " + "y" * 2**20, "is damaged: larger than any config"),
    ],
    ids=["syntax", "list", "object", "bomb", "endless", "huge"],
)
def test_damaged_config_is_named(store, text, message):
    run = ended(store, "failed")
    (run.path / "config.yaml").write_text(text)
    with pytest.raises(RunError) as caught:
        run.config()
    assert caught.value.what.startswith(f"{run.path / 'config.yaml'} {message}")


def test_missing_file_is_named(store):
    run = ended(store, "failed")
    with pytest.raises(RunError, match=r"metrics.json is missing"):
        run.metrics()


def test_moved_run_is_still_whole(store, tmp_path):
    run = finished(store, "a")
    moved = run.path.rename(tmp_path / "v0001-a")
    Run(moved).verify()
