"""The network on its way through the pipeline, on a tiny experiment."""

from __future__ import annotations

import json

import pytest

from nlpx.runs import RunStore
from tests.pipeline.templates import DAMAGE, copy_template, train_template
from tests.pipeline.tiny import NEURAL, nlpx, train, write_experiment


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return train_template(tmp_path_factory.mktemp("template"), NEURAL)


@pytest.fixture
def run(template, tmp_path):
    return copy_template(template, tmp_path / "runs")


def records(*texts: str) -> list[dict]:
    result = nlpx("predict", "-i", "-", stdin="".join(f"{text}\n" for text in texts))
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def test_it_learns(run):
    assert run.metrics()["main"]["value"] > 0.9
    (record,) = records("王明在北京工作。")
    assert [(span["label"], span["surface"]) for span in record["spans"]] == [
        ("PER", "王明"),
        ("LOC", "北京"),
    ]


def test_the_history_has_a_row_per_epoch(run):
    header, *rows = (run.path / "history.csv").read_text().splitlines()
    assert header.startswith("epoch,loss,learning_rate,f1,")
    assert len(rows) == 8


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(run, template):
    for seed, same in ((0, True), (1, False)):
        train(template / "work" / "tiny.yaml", "--seed", seed)
        again = RunStore().find("latest")
        for name in ("model/weights.safetensors", "predictions/test.jsonl", "submission/predictions.jsonl"):
            if same or name.startswith("model"):
                assert ((run.path / name).read_bytes() == (again.path / name).read_bytes()) is same


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize(
    "pattern", ["model/weights.safetensors", "model/tags.json", "model/encoder/*", "config.yaml"]
)
def test_a_damaged_artefact_is_named(run, pattern, how):
    damage, called = DAMAGE[how]
    for path in run.path.glob(pattern):
        damage(path)
        result = nlpx("predict")
        assert result.exit_code == 5, result.output
        assert f"{path.relative_to(run.path)}: {called}" in result.stderr


TEXTS = (
    "",
    " ",
    "👨‍👩‍👧王明在北京工作。🇨🇳",
    "a\x00b\x07\x1b[31m\x7f",
    "\u2028\u2029\x85",
    "e\u0301\u202e\ufeff",
    "王明在北京工作。" * 500,
)


def test_weird_texts_come_back_as_they_are(run):
    found = records(*TEXTS)
    assert [record["text"] for record in found] == list(TEXTS)
    for record in found:
        for span in record["spans"]:
            assert record["text"][span["start"] : span["end"]] == span["surface"] != ""


def test_a_long_text_is_predicted_to_its_end(run):
    """In windows of 256 characters; how far a model this small gets in between is its own affair."""
    (record,) = records("王明在北京工作。" * 500)
    assert (record["spans"][-1]["surface"], record["spans"][-1]["start"]) == ("北京", 3995)


def test_a_text_has_the_same_spans_whatever_stands_beside_it(run):
    alone = [records(text)[0] for text in TEXTS[2:4]]
    assert [record["spans"] for record in records(*TEXTS)[2:4]] == [record["spans"] for record in alone]


def test_without_dev_the_last_epoch_is_kept(template, tmp_path):
    config = write_experiment(tmp_path / "work", NEURAL.replace("dev: dev.jsonl, ", ""))
    result = train(config, "-S", "training.epochs=2")
    assert result.exit_code == 0, result.output
    assert RunStore().find("latest").metrics()["main"] is None


def test_max_time_finishes_the_epoch_and_the_run(template):
    result = train(
        template / "work" / "tiny.yaml",
        "--max-time",
        "1s",
        "-S",
        "training.epochs=100000",
        "-S",
        "training.patience=null",
    )
    assert result.exit_code == 0, result.output
    run = RunStore().find("latest")
    assert run.manifest.facts["fit"]["stopped"] == "time"
    assert "(16 texts, checked)" in result.stdout


def test_a_smoke_run_trains_a_few_batches(template):
    result = train(template / "work" / "tiny.yaml", "--smoke")
    assert result.exit_code == 0, result.output
    facts = RunStore().find("latest").manifest.facts["fit"]
    assert (facts["stopped"], facts["smoke"]) == ("smoke", True)


def test_a_plan_knows_the_size_of_the_model(template):
    result = train(template / "work" / "tiny.yaml", "--dry-run", "--max-time", "1h")
    facts = dict(line.split(maxsplit=1) for line in result.stdout.splitlines() if line[0] != " ")
    assert int(facts["parameters"].replace(",", "")) > 1000
    assert facts["steps"].startswith("6 per epoch, 8 epochs")
    assert facts["tags"] == "9 (BIOES): LOC, PER"
