"""Rung 5 with a cross-encoder over its likeliest candidates."""

from itertools import chain

import pytest

from nlpx.config.load import load
from nlpx.errors import ConfigError, RunError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.task import EntityLinking
from tests.tasks.entity_linking.el_samples import TRAIN, text, write_rows, write_task

CONFIG = """\
task: entity_linking
data: {kb: kb_data, train: train.json, dev: dev.json}
model:
  type: nlpx
  stacker: {trees: 4, min_rows: 2}
  cross_encoder:
    encoder: {type: dgcnn, units: 8, dilations: [1], inputs: {tokens: {size: 8}}}
    candidates: 2
    least: 0.001
    entity_length: 16
    training: {epochs: 1, batch_size: 16, buckets: 1, jit_compile: false, patience: null}
"""
TEXTS = [text("李娜唱青藏高原", ("李娜", "10002")), text(""), text("我们买苹果"), text("李娜" * 40)]


def task_of(folder, config=CONFIG):
    path = write_task(folder, config)
    more = [
        {**row, "text_id": f"{row['text_id']}-{n}", "text": f"{row['text']}{n}"}
        for row in TRAIN
        for n in range(4)
    ]
    write_rows(folder / "train.json", more)
    return EntityLinking(load(path, EntityLinkingConfig).config)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("task")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NLPX_CACHE", str(folder / "cache"))
        task = task_of(folder / "task")
        model = task.predictor()
        report = model.fit(task.read("train")[0], task.read("dev")[0], FitContext(folder / "fit", seed=0))
        model.save(folder / "model")
    return task, model, report, folder


def test_what_was_read_changes_scores_and_files_keep_it(trained):
    task, model, report, folder = trained
    assert report.stopped == "epochs"
    assert model._reading.learned
    again = task.predictor()
    again.load(folder / "model")
    assert again.predict(TEXTS) == model.predict(TEXTS)
    rows = model._rows(TEXTS)
    assert (model._score(TEXTS, rows) != model.scorer.score(rows)).any()


def test_a_stream_gets_what_a_batch_gets(trained):
    _, model, _, _ = trained
    alone = list(chain.from_iterable(model.predict([one]) for one in TEXTS))
    for one, other in zip(alone, model.predict(TEXTS), strict=True):
        assert [(link.start, link.entity_id) for link in one.links] == [
            (link.start, link.entity_id) for link in other.links
        ]
        assert [link.score for link in one.links] == pytest.approx(
            [link.score for link in other.links], abs=1e-4
        )


def test_a_model_without_its_network_is_refused(trained):
    task, _, _, folder = trained
    weights = folder / "model" / "cross_encoder" / "weights.safetensors"
    moved = weights.rename(weights.with_name("moved"))
    with pytest.raises(RunError, match=r"cross_encoder/weights\.safetensors"):
        task.predictor().load(folder / "model")
    moved.rename(weights)


def test_too_few_texts_leave_it_out(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    task = task_of(tmp_path / "task", CONFIG.replace("least: 0.001", "least: 0.99"))
    model = task.predictor()
    model.fit(task.read("train")[0], task.read("dev")[0], FitContext(tmp_path / "fit", seed=0))
    assert "model.cross_encoder learned nothing from" in caplog.text
    model.save(tmp_path / "model")
    again = task.predictor()
    again.load(tmp_path / "model")
    assert again.predict(TEXTS) == model.predict(TEXTS)


def test_without_trees_it_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cross_encoder is weighed by trees"):
        task_of(tmp_path / "task", CONFIG.replace("{trees: 4, min_rows: 2}", "null"))
