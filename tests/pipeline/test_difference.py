"""How sure it is that one run is better than another."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest

from nlpx.pipeline.difference import difference
from nlpx.runs import RunStore
from tests.pipeline.templates import train_template
from tests.pipeline.tiny import nlpx, sentences, train, write_lines

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run that knows the texts, and one that has seen a few of them."""
    folder = train_template(tmp_path_factory.mktemp("difference"))
    few = write_lines(folder / "work" / "few.jsonl", list(sentences())[:2])
    config = folder / "work" / "tiny.yaml"
    done = train(config, "--runs-dir", folder / "runs", "--quiet", "-S", f"data.train={few}")
    assert done.exit_code == 0, done.output
    full, part = RunStore(folder / "runs").list()
    return SimpleNamespace(folder=folder, full=full, part=part)


def test_the_better_run_is_told_with_an_interval(runs):
    found = difference(runs.full, runs.part)
    values = [run.metrics()["main"]["value"] for run in (runs.full, runs.part)]
    assert found.value == pytest.approx(values[1] - values[0])
    assert found.low <= found.value <= found.high < 0
    assert (found.metric, found.texts) == ("dev f1", 16)


def test_it_stands_below_the_scores(runs):
    done = nlpx("runs", "diff", "v1", "v2", "--runs-dir", runs.folder / "runs")
    *_, told, how = done.stdout.splitlines()
    assert told.startswith("dev f1: -")
    assert how == "by 1,000 paired resamples of the 16 texts; v0001-tiny is surely better"
    told = json.loads(nlpx("runs", "diff", "v1", "v2", "--json", "--runs-dir", runs.folder / "runs").stdout)
    assert told["difference"]["texts"] == 16


@pytest.fixture
def spoilt(runs, tmp_path):
    """A copy of a run, to be spoilt."""
    shutil.copytree(runs.part.path, tmp_path / runs.part.task / runs.part.path.name)
    [run] = RunStore(tmp_path).list()
    return run


@pytest.mark.parametrize("line", ['{"text"', '{"id": "1"}', "[]"])
def test_damaged_predictions_are_a_reason_and_no_crash(runs, spoilt, line):
    path = spoilt.path / "predictions" / "dev.jsonl"
    path.write_text(path.read_text("utf-8") + line + "\n", encoding="utf-8")
    assert "is damaged" in difference(runs.full, spoilt)


def other_texts(run):
    path = run.path / "predictions" / "dev.jsonl"
    path.write_text(path.read_text("utf-8").replace("工作", "上班"), encoding="utf-8")


def no_predictions(run):
    (run.path / "predictions" / "dev.jsonl").unlink()


def other_answers(run):
    path = run.path / "predictions" / "dev.jsonl"
    path.write_text(path.read_text("utf-8").replace('"PER"', '"LOC"'), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (other_texts, "the runs have predicted different texts of dev"),
        (no_predictions, "one of the runs has no predictions/dev.jsonl"),
        (other_answers, "the labels of dev, or the predictions, have changed since"),
    ],
)
def test_where_there_is_no_interval_the_reason_is_told(runs, spoilt, spoil, why):
    spoil(spoilt)
    assert difference(runs.full, spoilt) == why
