"""Rung 5 with a term model, where more entities share a name than are looked for by it."""

import pytest

from nlpx.config.load import load
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.task import EntityLinking
from tests.tasks.entity_linking.el_samples import entity, row, text, write_rows, write_task

CONFIG = """\
task: entity_linking
mentions: %s
data: {kb: kb_data, train: train.json, dev: dev.json, test: develop.json}
model: {type: nlpx, fuzzy: 8, stacker: {trees: 5, min_rows: 2}}
"""


@pytest.mark.parametrize("mentions", ["detect", "given"])
def test_all_namesakes_are_candidates(tmp_path, monkeypatch, mentions):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    config = write_task(tmp_path, CONFIG % mentions)
    write_rows(tmp_path / "kb_data", [entity(str(number), "zhang wei") for number in range(9)])
    for name, does in (("train", "plays"), ("dev", "sings")):
        rows = [row(str(n), f"zhang wei {does} {n}", ("zhang wei", str(n % 9))) for n in range(27)]
        write_rows(tmp_path / f"{name}.json", rows)
    task = EntityLinking(load(config, EntityLinkingConfig).config)
    model = task.predictor()
    model.fit(task.read("train")[0], task.read("dev")[0], FitContext(tmp_path / "fit", seed=0))
    [prediction] = model.predict([text("zhang wei plays", ("zhang wei", "8"))])
    assert {one.entity_id for one in prediction.on_gold[0].candidates} == {str(n) for n in range(9)}
