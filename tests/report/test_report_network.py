"""The page of a network: exact probabilities of its spans, maps of its decisions, curves of its training."""

from __future__ import annotations

import re

import pytest

from nlpx.runs import RunStore
from nlpx.tasks.sequence_labeling.span_confidence import span_confidence
from tests.pipeline.tiny import NEURAL, sentences, train, write_experiment, write_lines
from tests.report.made import Page


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    config = write_experiment(folder / "work", NEURAL)
    rows = [{**row, "spans": row["spans"][: 1 + number % 2]} for number, row in enumerate(sentences())]
    write_lines(folder / "work" / "dev.jsonl", rows)  # half of the places are no gold spans: surely wrong
    assert train(config, "--runs-dir", folder / "runs", "--quiet", "-S", "training.epochs=4").exit_code == 0
    return RunStore(folder / "runs").find("latest")


@pytest.fixture(scope="module")
def html(run):
    return (run.path / "report.html").read_text("utf-8")


def test_it_has_curves_calibration_words_and_maps(html):
    titles = re.findall(r"<h2>([^<]+)</h2>", html)
    assert {"Learning curves", "Calibration", "Words that decide"} <= set(titles)
    assert 'class="heat"' in html
    assert "There are no saliency maps" not in html


def test_mistakes_are_sorted_by_how_sure_the_model_was(html):
    wrong = [float(one["data-c"]) for one in Page(html).all("article") if one["data-v"] == "wrong"]
    assert wrong
    assert wrong == sorted(wrong, reverse=True)
    assert all(0 <= sure <= 1 for sure in wrong)


def test_models_without_a_chain_tell_no_probabilities():
    assert span_confidence(object(), [object()], [[]]) == [None]
