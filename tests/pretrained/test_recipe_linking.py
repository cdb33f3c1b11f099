"""configs/ccks2019_bert.yaml runs unchanged."""

import json
import shutil

import pytest

from tests.pretrained.recipes import PROJECT, make_data, nlpx


@pytest.mark.slow
def test_pretrained_models_propose_mentions_and_read_candidates(tmp_path, monkeypatch):
    data, runs = make_data(tmp_path / "data"), tmp_path / "runs"
    monkeypatch.setenv("NLPX_DATA", str(data))
    config = PROJECT / "configs" / "ccks2019_bert.yaml"
    nlpx("train", "entity_linking", "--config", config, "--runs-dir", runs, "--smoke")
    shutil.rmtree(data / "encoders")
    [run] = (runs / "entity_linking").glob("v0001*")
    assert (run / "model" / "cross_encoder" / "encoder" / "vocab.txt").is_file()
    assert len([*run.glob("model/**/vocab.txt")]) == 2
    texts = tmp_path / "texts.txt"
    texts.write_text("我们在北京的银行\n", "utf-8")
    found = nlpx("predict", "--run", run, "--input", texts, "--output", "-", "--runs-dir", runs)
    assert json.loads(found.stdout)["text"] == "我们在北京的银行"
    inputs = json.loads((run / "manifest.json").read_text("utf-8"))["inputs"]
    assert "model.cross_encoder.encoder.checkpoint/bert_model.ckpt.index" in inputs
