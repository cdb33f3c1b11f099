"""What decides the outcome of a model besides the data is among a run's inputs."""

from pathlib import Path

import pytest

from nlpx.tasks.entity_linking.config import EntityLinkingConfig, model_files

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
