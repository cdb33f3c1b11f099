"""configs/ccks2019_bert.yaml runs unchanged."""

import pytest

from tests.pretrained.recipes import PROJECT, make_data, nlpx


@pytest.mark.slow
def test_a_pretrained_tagger_proposes_mentions(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_DATA", str(make_data(tmp_path / "data")))
    config = PROJECT / "configs" / "ccks2019_bert.yaml"
    nlpx("train", "entity_linking", "--config", config, "--runs-dir", tmp_path / "runs", "--smoke")
    assert list((tmp_path / "runs").rglob("model/**/vocab.txt"))
