"""`nlpx train`, as it is used."""

from __future__ import annotations

import json
import re

import pytest

from nlpx.runs import Run, RunStore
from tests.pipeline.tiny import CRFSUITE, nlpx, sentences, train, write_experiment, write_lines

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")


@pytest.fixture
def config(tmp_path):
    return write_experiment(tmp_path / "work")


def only_run() -> Run:
    [run] = RunStore().list()
    return run


def texts(path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]


def test_a_run_folder_holds_everything(config):
    result = train(config)
    assert result.exit_code == 0, result.output
    run = only_run()
    for name in (
        "config.yaml",
        "config.source.yaml",
        "manifest.json",
        "history.csv",
        "log.txt",
        "model/model.crfsuite",
    ):
        assert (run.path / name).stat().st_size > 0
    assert (run.ref, run.name, run.status().state) == ("sequence_labeling/v1", "tiny", "finished")
    assert (run.path / "config.source.yaml").read_text() == CRFSUITE
    assert len(texts(run.predictions_dir / "test.jsonl")) == 16
    assert sorted(run.manifest.facts["inputs"]) == ["data.dev", "data.test", "data.train"]
    assert not (run.path / "checkpoint").exists()


def test_the_end_says_the_scores_and_where_things_are(config):
    lines = train(config).stdout.splitlines()
    assert re.fullmatch(r"dev  f1 [\d.]+ %  \[[\d.]+, [\d.]+\]", lines[0])
    assert lines[1].startswith("test f1 ")
    assert lines[2] == f"run         {only_run().path}"
    assert lines[3] == f"report      {only_run().path / 'report.html'}  (nlpx report --open)"
    assert lines[4] == f"submission  {only_run().submission_dir / 'predictions.jsonl'}  (16 texts, checked)"


def test_metrics_name_the_main_one_and_all_splits(config):
    train(config)
    metrics = only_run().metrics()
    assert metrics["main"]["split"] == "dev"
    assert metrics["main"]["value"] == metrics["splits"]["dev"]["f1"]
    assert {"precision", "recall", "f1", "interval", "per_label"} <= metrics["splits"]["test"].keys()


def test_quiet_prints_results_only(config):
    result = train(config, "--quiet")
    assert [line[:4] for line in result.stdout.splitlines()] == ["dev ", "test"]
    assert result.stderr == ""


@pytest.mark.parametrize("place", ["before", "after"])
def test_verbose_logs_to_stderr(config, place):
    arguments = ["train", "sequence_labeling", "-c", config]
    result = nlpx("-v", *arguments) if place == "before" else nlpx(*arguments, "-v")
    assert re.search(r"\d\d:\d\d:\d\d train: 48 texts", result.stderr)
    assert "train: 48 texts" not in train(config).stderr


def test_flags_win_over_the_environment_and_that_over_the_file(config, monkeypatch):
    monkeypatch.setenv("NLPX_SET", "seed=1; name=env; crfsuite.max_iterations=7")
    train(config, "-S", "seed=2", "--seed", "3", "--name", "flag", "-S", "crfsuite.c1=0.5")
    values = only_run().config()
    assert (values["seed"], values["name"]) == (3, "flag")
    assert (values["crfsuite"]["max_iterations"], values["crfsuite"]["c1"], values["crfsuite"]["c2"]) == (
        7,
        0.5,
        0.01,
    )
    assert only_run().path.name == "v0001-flag"


def test_the_resolved_config_trains_the_same_model(config):
    train(config)
    assert train(only_run().path / "config.yaml").exit_code == 0
    first, second = RunStore().list()
    assert second.config() == first.config()
    assert second.metrics() == first.metrics()
    for name in ("model/model.crfsuite", "predictions/test.jsonl"):
        assert (first.path / name).read_bytes() == (second.path / name).read_bytes()


def test_runs_go_where_they_are_told(config, tmp_path):
    train(config, "--runs-dir", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "sequence_labeling" / "v0001-tiny" / "STATUS").exists()
    assert RunStore().list() == []


def test_without_dev_and_test_there_is_no_score_and_no_submission(config):
    config.write_text("task: sequence_labeling\nmodel: crfsuite\ndata: {train: train.jsonl}\n")
    result = train(config)
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["run", "report"]
    assert only_run().metrics() == {"main": None, "splits": {}}


def test_a_test_split_without_labels_is_submitted_but_not_scored(config):
    rows = [{"id": row["id"], "text": row["text"]} for row in sentences()]
    write_lines(config.parent / "test.jsonl", rows)
    lines = train(config).stdout.splitlines()
    assert list(only_run().metrics()["splits"]) == ["dev"]
    assert lines[0].startswith("dev")
    assert lines[-1].endswith("(48 texts, checked)")


def test_held_out_texts_are_not_trained_on(config):
    config.write_text(CRFSUITE.replace("dev: dev.jsonl", "dev: {holdout: 0.25}"))
    result = train(config)
    assert result.exit_code == 0, result.output
    held_out = len(texts(only_run().predictions_dir / "dev.jsonl"))
    assert 0 < held_out < 24
    assert f"train: {48 - held_out} texts" in (only_run().path / "log.txt").read_text()


def test_a_smoke_run_shows_what_it_is_and_is_never_the_best(config):
    write_lines(
        config.parent / "test.jsonl",
        list(sentences(("{}在{}。", "{}去{}。", "{}、{}！", "{}到{}", "{}和{}"))),
    )
    result = train(config, "--smoke")
    run = only_run()
    end = "smoke-predictions.jsonl  (64 texts, of a smoke run, not to be uploaded)"
    assert result.stdout.splitlines()[-1].endswith(end)
    assert [path.name for path in sorted(run.submission_dir.iterdir())] == [
        "check.json",
        "smoke-predictions.jsonl",
    ]
    assert "there is no finished run with a main metric" in nlpx("predict", "--run", "best").stderr
    assert "finished (smoke)" in nlpx("runs", "--csv").stdout
    assert "is a smoke run, trained on a few texts" in nlpx("evaluate").stderr


def test_the_submission_of_a_smoke_run_can_be_made_whole(config):
    write_lines(
        config.parent / "test.jsonl",
        list(sentences(("{}在{}。", "{}去{}。", "{}、{}！", "{}到{}", "{}和{}"))),
    )
    train(config, "--smoke")
    assert nlpx("submit").stdout.endswith(
        "submission/predictions.jsonl: 80 texts, accepted by the rules of sequence_labeling/v1\n"
    )


def test_a_dry_run_says_what_would_happen_and_writes_nothing(config):
    train(config)
    result = train(config, "--dry-run", "--name", "next")
    assert result.exit_code == 0, result.output
    facts = {
        line.split()[0]: line.split(maxsplit=1)[1] for line in result.stdout.splitlines() if line[0] != " "
    }
    assert (facts["train"], facts["seed"]) == ("48 texts", "0")
    assert facts["stages"] == "read → fit → predict dev → predict test"
    assert facts["submission"] == "predictions.jsonl for test"
    assert "v0002-next" in result.stdout.replace(" ", "").replace("\n", "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert len(RunStore().list()) == 1
