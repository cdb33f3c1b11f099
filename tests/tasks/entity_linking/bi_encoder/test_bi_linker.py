"""Rung 5 with a bi-encoder among its features."""

import pytest

from nlpx.config.load import load
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.bi_encoder.score_features import AMONG, NIL
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.task import EntityLinking
from tests.tasks.entity_linking.el_samples import TRAIN, text, write_rows, write_task

READER = "{type: dgcnn, units: 8, dilations: [1]}"
CONFIG = f"""\
task: entity_linking
data: {{kb: kb_data, train: train.json, dev: dev.json}}
model:
  type: nlpx
  stacker: {{trees: 4, min_rows: 2}}
  bi_encoder:
    encoder: {READER}
    entity_encoder: {READER}
    size: 8
    against_nil: true
    training: {{epochs: 1, batch_size: 16, buckets: 1, jit_compile: false, patience: null}}
"""

GIVEN = f"""\
task: entity_linking
data: {{kb: names.tsv, beyond_kb: true, train: train.tsv}}
mentions: given
model:
  type: nlpx
  fuzzy: 3
  stacker: {{trees: 4, min_rows: 2}}
  bi_encoder:
    encoder: {READER}
    entity_encoder: {READER}
    size: 8
    training: {{epochs: 1, batch_size: 16, buckets: 1, jit_compile: false, patience: null}}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))


def test_trees_are_told_what_the_network_says_and_files_keep_it(tmp_path):
    path = write_task(tmp_path / "task", CONFIG)
    more = [
        {**row, "text_id": f"{row['text_id']}-{n}", "text": f"{row['text']}{n}"}
        for row in TRAIN
        for n in range(4)
    ]
    write_rows(tmp_path / "task" / "train.json", more)
    task = EntityLinking(load(path, EntityLinkingConfig).config)
    model = task.predictor()
    model.fit(task.read("train")[0], task.read("dev")[0], FitContext(tmp_path / "fit", seed=0))
    model.save(tmp_path / "model")
    again = task.predictor()
    again.load(tmp_path / "model")
    examples = [text("李娜唱青藏高原", ("李娜", "10002")), text(""), text("我们买苹果")]
    assert again.predict(examples) == model.predict(examples)
    assert [name for name in model._rows(examples).names if name in (AMONG, NIL)] == [AMONG, NIL]


def test_answers_beyond_the_knowledge_base_are_read_too(tmp_path):
    (tmp_path / "names.tsv").write_text("J1\t肺炎\nJ2\t肺结核\n", encoding="utf-8")
    pairs = [f"肺部发炎{n}\t肺炎" for n in range(20)] + [f"骨头断了{n}\t骨折" for n in range(20)]
    (tmp_path / "train.tsv").write_text("\n".join(pairs), encoding="utf-8")
    path = tmp_path / "terms.yaml"
    path.write_text(GIVEN, encoding="utf-8")
    task = EntityLinking(load(path, EntityLinkingConfig).config)
    train = task.read("train")[0]
    model = task.predictor()
    model.fit(train, [], FitContext(tmp_path / "fit", seed=0))
    model.save(tmp_path / "model")
    again = task.predictor()
    again.load(tmp_path / "model")
    assert again.predict(train) == model.predict(train)
    candidates = {one.entity_id for one in again.predict(train[-1:])[0].links[0].candidates}
    assert "骨折" in candidates  # which is no entity
