"""The model `mentions`, from a config to a checked submission."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlpx.config.load import load
from nlpx.errors import RunError
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.tagger.finder import MentionFinder, without_overlaps
from tests.pipeline.tiny import nlpx
from tests.tasks.entity_linking.el_samples import row, write_rows, write_task

CONFIG = """\
task: entity_linking
data: {kb: kb_data, train: train.json, dev: dev.json, test: develop.json}
metric: mentions
model: {type: mentions}
submission: {format: plain}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))


def unnamed(one: dict) -> dict:
    """The row without what its mentions are linked to, as in the public part of the real data."""
    mentions = [{key: value for key, value in m.items() if key != "kb_id"} for m in one["mention_data"]]
    return {**one, "mention_data": mentions}


def write(folder: Path) -> Path:
    path = write_task(folder, CONFIG)
    frames, names = ("第一次看{}唱", "听说{}不来了", "{}的歌"), ("李娜", "王力", "张三丰", "周小明")
    texts = [(frame.format(name), name) for frame in frames for name in names]
    rows = [unnamed(row(str(number), text, (name, ""))) for number, (text, name) in enumerate(texts)]
    write_rows(folder / "train.json", rows)
    write_rows(folder / "dev.json", [unnamed(row("1", "第一次看孙悟空唱", ("孙悟空", "")))])
    write_rows(folder / "develop.json", [{"id": "1", "text": "听说李娜不来了"}])
    return path


def test_mentions_are_found_scored_and_submitted(tmp_path: Path) -> None:
    path = write(tmp_path)
    result = nlpx("train", "entity_linking", "--config", path, "--runs-dir", tmp_path / "runs")
    assert result.exit_code == 0, result.output
    [run] = (tmp_path / "runs/entity_linking").iterdir()
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["main"]["metric"] == "mention_f1"
    assert metrics["main"]["value"] == 1
    [answer] = map(json.loads, (run / "submission/submission.jsonl").read_text("utf-8").splitlines())
    assert answer["mentions"] == [{"start": 2, "end": 4, "entity_id": ""}]


def test_files_of_another_version_are_refused(tmp_path: Path) -> None:
    config = load(write(tmp_path), EntityLinkingConfig).config
    (tmp_path / "mentions.json").write_text('{"type": "mentions", "version": 0}')
    with pytest.raises(RunError, match=r"mentions\.json is of another model or another version"):
        MentionFinder(config).load(tmp_path)


def test_of_overlapping_spans_the_most_probable_one_stays() -> None:
    found = [(0, 2, 0.6), (1, 3, 0.9), (3, 5, 0.5), (6, 7, 0.1)]
    assert without_overlaps(found, 0.4) == {(1, 3), (3, 5)}
