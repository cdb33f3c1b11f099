"""What decides the outcome of a model besides the data is among a run's inputs."""

from pathlib import Path

import pytest

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.config import EntityLinkingConfig, model_files
from nlpx.tasks.entity_linking.dictionary_files import write_statistics
from nlpx.tasks.entity_linking.model_facts import write_facts
from nlpx.tasks.entity_linking.models import MODELS, make_predictor
from nlpx.tasks.entity_linking.statistics import LinkStatistics
from tests.tasks.entity_linking.el_samples import write_task

ENCODER = {"type": "bilstm", "inputs": {"tokens": {"vectors": "/data/v.vec"}}}
VECTORS = "inputs.tokens.vectors"


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        ({"type": "max_match"}, []),
        ({"type": "nlpx"}, []),
        ({"type": "su2019", "encoder": ENCODER}, [f"encoder.{VECTORS}"]),
        ({"type": "nlpx", "bi_encoder": {"encoder": ENCODER}}, [f"bi_encoder.encoder.{VECTORS}"]),
        (
            {"type": "nlpx", "tagger": {"network": {"encoder": ENCODER}}},
            [f"tagger.network.encoder.{VECTORS}"],
        ),
    ],
)
def test_files_of_every_encoder_are_named(model, keys):
    config = EntityLinkingConfig.model_validate({"data": {"kb": "kb", "train": "train"}, "model": model})
    assert model_files(config.model) == dict.fromkeys(keys, Path("/data/v.vec"))


FACTS = {
    "max_match": "dictionary.json",
    "pruned_max_match": "dictionary.json",
    "baseline": "dictionary.json",
    "su2019": "dictionary.json",
    "mentions": "mentions.json",
    "nlpx": "linker.json",
}


@pytest.mark.parametrize("type", MODELS)
def test_no_model_is_used_with_another_knowledge_base(tmp_path, monkeypatch, type):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    write_task(tmp_path)
    data = {"kb": tmp_path / "kb_data", "train": tmp_path / "train.json"}
    model = make_predictor(EntityLinkingConfig.model_validate({"data": data, "model": {"type": type}}))
    write_facts(tmp_path / FACTS[type], type, "another")
    write_statistics(tmp_path / "statistics.jsonl", LinkStatistics())
    with pytest.raises(DataError, match="not the knowledge base that the model was trained with"):
        model.load(tmp_path)


@pytest.mark.parametrize(
    ("mentions", "model", "said"),
    [
        ("given", {"type": "mentions"}, "nothing to find"),
        ("given", {"type": "nlpx", "tagger": {}}, "remove it where they are given"),
        ("detect", {"type": "nlpx", "stacker": None, "bi_encoder": {}}, "read by model.stacker only"),
    ],
)
def test_parts_that_nothing_would_use_are_refused(mentions, model, said):
    config = {"data": {"kb": "kb", "train": "train"}, "mentions": mentions, "model": model}
    with pytest.raises(ValueError, match=said):
        EntityLinkingConfig.model_validate(config)
