"""`nlpx submit`: files that would be accepted, and refusals."""

from __future__ import annotations

import json

import pytest

from nlpx.runs import RunStore
from nlpx.tasks.sequence_labeling.task import SequenceLabeling
from tests.pipeline.templates import copy_template, train_template
from tests.pipeline.tiny import CRFSUITE, nlpx, sentences, train, write_experiment, write_lines

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return train_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template, tmp_path):
    return copy_template(template, tmp_path / "runs")


def test_the_same_file_is_written_again(run):
    path = run.submission_dir / "predictions.jsonl"
    before = path.read_bytes()
    path.unlink()
    result = nlpx("submit")
    assert (result.exit_code, result.stdout) == (
        0,
        f"{path}: 16 texts, accepted by the rules of sequence_labeling/v1\n",
    )
    assert path.read_bytes() == before
    run.verify()


def test_a_submission_for_another_file(run, tmp_path):
    rows = [{"id": "x", "text": "王明在北京工作。"}, {"id": "y", "text": "没有"}]
    result = nlpx("submit", "--data", write_lines(tmp_path / "final.jsonl", rows))
    assert result.stdout.endswith(
        "predictions.jsonl: 2 texts, accepted by the rules of sequence_labeling/v1\n"
    )
    lines = (run.submission_dir / "predictions.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["x", "y"]
    assert run.read_json("submission/check.json") == {
        "file": "predictions.jsonl",
        "run": "sequence_labeling/v1",
        "examples": 2,
        "smoke": False,
        "problems": [],
    }


@pytest.mark.parametrize(
    ("format", "name"), [("cluener", "predictions.json"), ("columns", "predictions.bio")]
)
def test_other_formats(tmp_path, format, name):
    config = write_experiment(tmp_path / "work", f"{CRFSUITE}submission: {{format: {format}}}\n")
    assert f"{name}  (16 texts, checked)" in train(config).stdout
    assert nlpx("submit").exit_code == 0
    path = RunStore().find("latest").submission_dir / name
    assert (
        nlpx("submit", "--check", path).stdout
        == f"{path}: 16 texts, accepted by the rules of sequence_labeling/v1\n"
    )


def rows_of(run) -> list[dict]:
    text = (run.submission_dir / "predictions.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_refused_file_names_its_first_bad_lines_and_exits_6(run, tmp_path):
    rows = rows_of(run)
    rows[2]["spans"] = [{"start": 0, "end": 999, "label": "PER"}]
    rows[3]["spans"] = [{"start": 0, "end": 1, "label": "NEW"}]
    path = write_lines(tmp_path / "mine.jsonl", [*rows[:5], *rows[6:], {"id": "s999", "spans": []}])
    result = nlpx("submit", "--check", path)
    assert result.exit_code == 6
    lines = result.stderr.splitlines()
    assert lines[0] == f"error: {path} would be refused: 5 problems"
    assert "line 3: no span of a text of" in lines[1]
    assert "line 4: unknown label 'NEW'" in lines[2]
    assert "line 6: wanted id 's16', got 's19'" in lines[3]
    assert "line 16: id 's999' is no text of this split" in lines[4]
    assert "missing: 1 of 16 texts, ids 's16'" in lines[5]
    assert lines[6] == "→ correct these lines, or write it anew"


def test_many_problems_are_counted(run, tmp_path):
    rows = [row | {"spans": [{"start": 5, "end": 2, "label": "PER"}]} for row in rows_of(run)]
    result = nlpx("submit", "--check", write_lines(tmp_path / "mine.jsonl", rows))
    assert result.exit_code == 6
    assert "would be refused: 16 problems" in result.stderr
    assert "  … and 6 more\n" in result.stderr


def test_a_check_leaves_the_run_as_it_is(run, tmp_path):
    before = (run.submission_dir / "check.json").read_bytes()
    nlpx("submit", "--check", write_lines(tmp_path / "mine.jsonl", []))
    assert (run.submission_dir / "check.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--check", "none.jsonl"], 6, "none.jsonl: can't be read (No such file or directory)"),
        (["--data", "none.jsonl"], 4, "none.jsonl: there is no such file"),
        (["--run", "nobody"], 5, "there is no run 'nobody' in"),
    ],
)
def test_a_wrong_command_line(run, arguments, code, words):
    result = nlpx("submit", *arguments)
    assert (result.exit_code, words in result.stderr) == (code, True), result.output


def test_a_run_without_dev_and_test_asks_for_a_file(tmp_path):
    config = write_experiment(
        tmp_path / "work", "task: sequence_labeling\nmodel: crfsuite\ndata: {train: train.jsonl}\n"
    )
    train(config)
    for command in ("submit", "evaluate", "predict"):
        result = nlpx(command)
        assert result.exit_code == 4
        assert "neither data.test nor data.dev" in result.stderr
    data = write_lines(tmp_path / "final.jsonl", list(sentences())[:3])
    assert nlpx("submit", "--data", data).exit_code == 0


def test_a_training_whose_submission_is_refused_exits_6_and_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(SequenceLabeling, "check_submission", lambda *_: ["line 1: no"])
    result = train(write_experiment(tmp_path / "work"))
    assert result.exit_code == 6
    assert "predictions.jsonl would be refused: 1 problem\n  line 1: no\n" in result.stderr
    [run] = RunStore().list()
    assert (run.status().state, "would be refused" in run.status().detail) == ("failed", True)
