"""Classification through the command line: train, predict, evaluate, submit, data check."""

from __future__ import annotations

import json

import pytest

from nlpx.runs import RunStore
from tests.pipeline.tiny import nlpx
from tests.tasks.classification.cls_samples import DATA, NETWORK, TFIDF, rows, write_experiment

JOINT = f"{NETWORK}model: {{type: joint, share: 0.4}}\n"


def train(config, *arguments):
    result = nlpx("train", "classification", "--config", config, *arguments)
    assert result.exit_code == 0, result.output
    return RunStore().find("latest")


@pytest.mark.parametrize("text", [TFIDF, NETWORK, JOINT], ids=["tfidf", "network", "joint"])
def test_it_learns_and_its_files_bring_it_back(tmp_path, text):
    run = train(write_experiment(tmp_path / "work", text))
    assert run.metrics()["main"]["metric"] == "accuracy"
    assert run.metrics()["main"]["value"] > 0.9
    assert (run.path / "submission" / "submission.csv").read_text().startswith("id,label\ns1,")
    result = nlpx("predict", "-i", "-", stdin="房间很糟糕。\n\n")
    assert result.exit_code == 0, result.output
    first, empty = [json.loads(line) for line in result.stdout.splitlines()]
    assert first["label"] == "neg"
    assert sum(empty["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    written = (run.path / "predictions" / "test.jsonl").read_text("utf-8").splitlines()
    again = nlpx("predict", "-i", tmp_path / "work" / "test.jsonl").stdout.splitlines()
    assert [json.loads(line) for line in again] == [json.loads(line) for line in written]


def test_it_ends_well_without_a_split_to_judge_by(tmp_path):
    config = write_experiment(tmp_path / "work")
    result = nlpx(
        "train", "classification", "--config", config, "-S", "data.dev=null", "-S", "data.test=null"
    )
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["run", "report"]
    result = nlpx("train", "classification", "--config", config, "-S", "data.dev=null")
    assert result.exit_code == 0, result.output


def test_evaluate_and_submit_know_the_classes(tmp_path):
    run = train(write_experiment(tmp_path / "work"))
    table = nlpx("evaluate").stdout
    assert all(word in table for word in ("accuracy", "macro_f1", "roc_auc", "neg", "pos"))
    path = run.path / "submission" / "submission.csv"
    bad = tmp_path / "bad.csv"
    bad.write_text(path.read_text().replace("pos", "good"))
    result = nlpx("submit", "--check", bad)
    assert result.exit_code == 6
    assert "unknown label 'good'" in result.output


@pytest.mark.parametrize("format", ["clue", "probabilities"])
def test_other_submissions(tmp_path, format):
    run = train(write_experiment(tmp_path / "work", f"{TFIDF}submission: {{format: {format}}}\n"))
    assert json.loads((run.path / "submission" / "check.json").read_text())["problems"] == []


def test_data_check_tells_what_is_odd(tmp_path):
    data = rows()
    data[0] = {**data[0], "text": ""}
    result = nlpx("data", "check", write_experiment(tmp_path / "work", data=data))
    assert result.exit_code == 0, result.output
    assert "train: empty texts" in result.output
    assert "dev: texts of train" in result.output


def test_what_long_texts_lose_is_in_the_manifest(tmp_path):
    data = [*rows(), {"id": "long", "text": "好" * 20, "label": "pos"}]
    run = train(
        write_experiment(tmp_path / "work", f"{NETWORK}lengths: {{max_length: 12}}\n", data), "--smoke"
    )
    assert run.manifest.facts["data"]["train"]["cut"] == {"texts": 1, "units": 8}


def test_a_holdout_without_its_twins(tmp_path):
    text = f"{DATA.replace('dev: dev.jsonl', 'dev: {holdout: 0.3}')}model: {{type: tfidf}}\n"
    run = train(
        write_experiment(tmp_path / "work", text, [*rows(), *({**r, "id": r["id"] + "b"} for r in rows())])
    )
    assert run.metrics()["splits"]["dev"]["counts"]["texts"] % 2 == 0


def test_repeated_texts_can_be_dropped(tmp_path):
    text = TFIDF.replace("test: test.jsonl", "repeated: drop")
    run = train(write_experiment(tmp_path / "work", text))
    assert run.manifest.facts["data"]["train"]["repeated"] == len(rows()) // 3


def test_folders_are_inputs_file_by_file(tmp_path):
    for number, row in enumerate(rows()):
        path = tmp_path / "texts" / row["label"] / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(row["text"], encoding="utf-8")
    config = tmp_path / "tiny.yaml"
    config.write_text(
        "task: classification\ndata: {train: texts, dev: {holdout: 0.2}}\nmodel: {type: tfidf}\n"
    )
    run = train(config)
    assert "data.train/neg/10.txt" in run.manifest.facts["inputs"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{TFIDF}head: {{pooling: last}}\n", "model: tfidf does not use head"),
        (f"{TFIDF}labels: several\nmetric: accuracy\n", "metric: accuracy wants labels: one"),
        (f"{NETWORK}labels: several\nloss: {{focus: 2}}\n", "want labels: one"),
        (
            f"{NETWORK}head: {{pooling: sum}}\n".replace("head: {pooling: last, dropout: 0}\n", ""),
            "attention",
        ),
        (TFIDF.replace("dev: dev.jsonl", "phrases: true, dev: {holdout: 0.1}"), "phrases of held-out texts"),
        (TFIDF.replace("tfidf}", "tfidf, ngrams: [{shortest: 3, longest: 2}]}"), "must not be greater"),
    ],
)
def test_wrong_configs_are_refused(tmp_path, text, message):
    result = nlpx("train", "classification", "--config", write_experiment(tmp_path / "work", text))
    assert result.exit_code == 3, result.output
    assert message in " ".join(result.output.split())


def test_labels_that_teach_nothing_are_refused(tmp_path):
    data = [{**row, "label": "pos"} for row in rows()]
    result = nlpx("train", "classification", "--config", write_experiment(tmp_path / "work", data=data))
    assert result.exit_code == 4
    assert "at least two classes" in result.output


def test_the_same_seed_gives_the_same_weights(tmp_path):
    config = write_experiment(tmp_path / "work", NETWORK)
    runs = [train(config, "--seed", seed, "-S", "training.epochs=1") for seed in (0, 0, 1)]
    first, same, other = [(run.path / "model/weights.safetensors").read_bytes() for run in runs]
    assert first == same != other


@pytest.mark.parametrize("text", [TFIDF, NETWORK], ids=["tfidf", "network"])
def test_a_plan_needs_no_training(tmp_path, text):
    config = write_experiment(tmp_path / "work", text)
    result = nlpx("train", "classification", "--config", config, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "2: neg, pos" in result.output


@pytest.mark.parametrize("text", [TFIDF, NETWORK], ids=["tfidf", "network"])
def test_pairs_and_several_labels_go_all_the_way(tmp_path, text):
    data = [
        {"id": row["id"], "sentence1": row["text"], "sentence2": "房间", "label": [row["label"], "any"]}
        for row in rows()
    ]
    config = write_experiment(tmp_path / "work", f"{text}labels: several\n", data)
    run = train(config, *(() if text == TFIDF else ("-S", "training.epochs=2")))
    assert run.metrics()["main"]["metric"] == "f1"
    line = json.dumps({"sentence1": "房间很糟糕。", "sentence2": "房间"})
    result = nlpx("predict", "-i", "-", stdin=line + "\n")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["pair"] == "房间"
    assert "any" in record["labels"]
