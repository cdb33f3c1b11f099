"""A smoke run goes end to end even where hardly any text has a label."""

from types import SimpleNamespace

import pytest

from nlpx.pipeline.smoke import SMOKE_EXAMPLES, smoke_sample
from tests.pipeline.tiny import nlpx
from tests.tasks.entity_linking.el_samples import DEV, row, write_rows, write_task

SPARSE = [row(str(n), f"我们走了{n}里路", *[("我们", "10005")] * (n in (101, 502, 903))) for n in range(1500)]
MODELS = {
    "max_match": "{type: max_match}",
    "pruned": "{type: pruned_max_match}",
    "nlpx": "{type: nlpx, tagger: {folds: 2}}",
}


@pytest.mark.parametrize("labels", [{0}, {77}, {5, 6, 7, 998}, set(range(1000)), set()])
def test_labelled_examples_come_first_and_the_order_stays(labels):
    task = SimpleNamespace(labelled=lambda examples: any(one in labels for one in examples))
    sample = smoke_sample(task, range(1000))
    assert len(sample) == len(set(sample)) == SMOKE_EXAMPLES
    assert sample == sorted(sample)
    assert len(labels & set(sample)) >= min(len(labels), SMOKE_EXAMPLES // 2)
    assert max(sample) - min(sample) > 900  # from all over


def test_few_examples_are_all_taken():
    task = SimpleNamespace(labelled=lambda examples: examples[0] == 3)
    assert smoke_sample(task, range(10)) == list(range(10))
    assert smoke_sample(task, []) == []


@pytest.mark.parametrize("model", MODELS)
def test_mentions_in_a_few_texts_only(tmp_path, monkeypatch, model):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    data = "{kb: kb_data, train: train.json, dev: dev.json, test: develop.json}"
    path = write_task(tmp_path, f"task: entity_linking\ndata: {data}\nmodel: {MODELS[model]}\n")
    write_rows(tmp_path / "train.json", SPARSE)
    write_rows(tmp_path / "dev.json", [*SPARSE[1100:], *DEV])
    done = nlpx("train", "entity_linking", "--config", path, "--runs-dir", tmp_path / "runs", "--smoke")
    assert done.exit_code == 0, done.output
