"""`nlpx evaluate`: scores with intervals, as a table or as JSON."""

from __future__ import annotations

import json

import pytest

from tests.pipeline.templates import copy_template, train_template
from tests.pipeline.tiny import nlpx, sentences, write_lines

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return train_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template, tmp_path):
    return copy_template(template, tmp_path / "runs")


def evaluated(*arguments: object) -> dict:
    result = nlpx("evaluate", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_final_split_scores_as_in_training(run):
    assert evaluated() == run.metrics()["splits"]["test"]


def test_the_table_has_a_row_per_label_and_fits_80_columns(run):
    lines = nlpx("evaluate", "--run", "v1").stdout.splitlines()
    assert lines[0] == "sequence_labeling/v1 on test, 16 texts; scores in %"
    assert lines[1].split() == ["label", "precision", "recall", "f1", "support"]
    assert [line.split()[0] for line in lines[2:]] == ["micro", "macro", "LOC", "PER"]
    assert lines[2].endswith(" 32")
    assert max(map(len, lines)) <= 80


def test_a_file_in_any_format_of_the_task(run, tmp_path):
    rows = list(sentences())[:5]
    jsonl = write_lines(tmp_path / "data.jsonl", rows)
    columns = ["\n".join(f"{character} {tag}" for character, tag in tags(row)) for row in rows]
    (tmp_path / "data.bio").write_text("\n\n".join(columns) + "\n")
    assert evaluated("--data", jsonl) == evaluated("--data", tmp_path / "data.bio")
    assert "on data.bio, 5 texts" in nlpx("evaluate", "-d", tmp_path / "data.bio").stdout


def tags(row: dict) -> list[tuple[str, str]]:
    """BIO tags of a row's characters."""
    found = ["O"] * len(row["text"])
    for span in row["spans"]:
        inside = [f"I-{span['label']}"] * (span["end"] - span["start"] - 1)
        found[span["start"] : span["end"]] = [f"B-{span['label']}", *inside]
    return list(zip(row["text"], found, strict=True))


def test_a_label_the_run_has_never_seen_counts_as_missed(run, tmp_path):
    rows = [{"text": "王明在北京", "spans": [{"start": 3, "end": 5, "label": "NEW"}]}]
    metrics = evaluated("--data", write_lines(tmp_path / "data.jsonl", rows))
    assert metrics["per_label"]["NEW"]["recall"] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            '{"text": "王明"}\n',
            ["data.jsonl holds 1 text and not one label", "→ name a labelled file with --data"],
        ),
        ("", ["data.jsonl: is empty"]),
        (
            "oops\n{\n",
            [
                "data.jsonl: is in no format that can be told from its content",
                "→ write it like the run's own",
            ],
        ),
        (None, ["data.jsonl: there is no such file"]),
    ],
)
def test_a_wrong_file(run, tmp_path, content, words):
    if content is not None:
        (tmp_path / "data.jsonl").write_text(content)
    result = nlpx("evaluate", "--data", tmp_path / "data.jsonl")
    assert result.exit_code == 4, result.output
    for word in words:
        assert word in result.stderr
