"""Tiny checkpoints with random weights, in the formats that official ones come in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.encoders.pretrained.architecture import Architecture
from nlpx.encoders.pretrained.match import expected_shapes
from nlpx.encoders.pretrained.names import weights
from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.encoders.pretrained.write import write_huggingface

CHARACTERS = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于"
    "心学么之都好看起发当没成只如事把还用第样道想作种开北京海江省市银行"
)
PIECES = [
    "the",
    "cat",
    "new",
    "york",
    "##s",
    "##ing",
    "a",
    "##b",
    "##c",
    "ab",
    "20",
    "##19",
    "##9",
    "1",
    "2",
    "##0",
]
SPECIAL = ["[PAD]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = [*SPECIAL, *"，。！？、,.!?:-()《》", *PIECES, *CHARACTERS]
VOCABULARY = list(dict.fromkeys(VOCABULARY))

GOOGLE_CONFIG = {
    "attention_probs_dropout_prob": 0.1,
    "directionality": "bidi",
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": 16,
    "initializer_range": 0.02,
    "intermediate_size": 24,
    "max_position_embeddings": 32,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "pooler_fc_size": 16,
    "pooler_num_attention_heads": 2,
    "pooler_num_fc_layers": 3,
    "pooler_size_per_head": 8,
    "pooler_type": "first_token_transform",
    "type_vocab_size": 2,
    "vocab_size": len(VOCABULARY),
}
"""The keys of chinese_L-12_H-768_A-12, with small sizes."""

TINY = Architecture("bert", len(VOCABULARY), units=16, blocks=2, heads=2, hidden=24, positions=32)


def random_weights(architecture: Architecture = TINY, seed: int = 0) -> dict[str, np.ndarray]:
    """Every weight of a model by its path, large enough that outputs differ."""
    random = np.random.default_rng(seed)
    return {
        path: (random.normal(size=shape) * 0.2 + path.endswith("gamma")).astype(np.float32)
        for path, shape in expected_shapes(architecture).items()
    }


def huggingface(folder: Path, architecture: Architecture = TINY, seed: int = 0) -> Path:
    """A folder as transformers writes it."""
    write_huggingface(folder, architecture, random_weights(architecture, seed), Wordpiece(VOCABULARY))
    return folder


def google(folder: Path, architecture: Architecture = TINY, seed: int = 0, **config: object) -> Path:
    """A folder as Google's BERT comes: bert_config.json, vocab.txt, bert_model.ckpt.*, heads and step included."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bert_config.json").write_text(json.dumps(GOOGLE_CONFIG | config, indent=2), "utf-8")
    (folder / "vocab.txt").write_text("".join(token + "\n" for token in VOCABULARY), "utf-8")
    given = random_weights(architecture, seed)
    arrays = {f"bert/{weight.name}": given[weight.path] for weight in weights(architecture, "google")}
    write_google(folder / "bert_model.ckpt", arrays | _heads(architecture))
    return folder


def write_google(prefix: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """A TensorFlow 1 checkpoint, whatever backend Keras has."""
    import tensorflow as tf

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, array in arrays.items():
            tf.compat.v1.get_variable(name, initializer=tf.constant(array))
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver().save(session, str(prefix), write_meta_graph=False)
    (prefix.parent / "checkpoint").unlink()


def _heads(one: Architecture) -> dict[str, np.ndarray]:
    shapes = {
        "cls/predictions/output_bias": (one.tokens,),
        "cls/predictions/transform/dense/kernel": (one.units, one.units),
        "cls/predictions/transform/dense/bias": (one.units,),
        "cls/predictions/transform/LayerNorm/beta": (one.units,),
        "cls/predictions/transform/LayerNorm/gamma": (one.units,),
        "cls/seq_relationship/output_weights": (2, one.units),
        "cls/seq_relationship/output_bias": (2,),
    }
    return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}


def check_holds(network: Any, folder: Path) -> None:
    """The model inside of a network has the weights of a checkpoint."""
    from keras import ops

    from nlpx.encoders.pretrained.checkpoint import open_checkpoint
    from nlpx.layers.bert.bert import Bert
    from nlpx.layers.bert.unit_encoder import relative_path

    [bert] = [one for one in network._flatten_layers() if isinstance(one, Bert)]
    wanted = open_checkpoint(folder).load()
    found = {relative_path(one, bert): ops.convert_to_numpy(one) for one in bert.weights}
    assert found.keys() == wanted.keys()
    for path, array in found.items():
        np.testing.assert_array_equal(array, wanted[path])
