"""The output layer of pretraining in a checkpoint: the weights of `nlpx.layers.bert.token_head.TokenHead`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nlpx.encoders.pretrained.architecture import Architecture
from nlpx.encoders.pretrained.checkpoint import Checkpoint

WITH_HEAD = {
    "bert": "BertForMaskedLM",
    "ernie": "ErnieForMaskedLM",
    "nezha": "NezhaForMaskedLM",
    "roformer": "RoFormerForMaskedLM",
}
"""Types that have this layer, and their class in transformers."""

_HUGGINGFACE = {
    "dense/kernel": "cls.predictions.transform.dense.weight",
    "dense/bias": "cls.predictions.transform.dense.bias",
    "norm/gamma": "cls.predictions.transform.LayerNorm.weight",
    "norm/beta": "cls.predictions.transform.LayerNorm.bias",
    "bias": "cls.predictions.bias",
}
_GOOGLE = {
    "dense/kernel": "cls/predictions/transform/dense/kernel",
    "dense/bias": "cls/predictions/transform/dense/bias",
    "norm/gamma": "cls/predictions/transform/LayerNorm/gamma",
    "norm/beta": "cls/predictions/transform/LayerNorm/beta",
    "bias": "cls/predictions/output_bias",
}
_OLD = {
    "cls.predictions.transform.LayerNorm.weight": "cls.predictions.transform.LayerNorm.gamma",
    "cls.predictions.transform.LayerNorm.bias": "cls.predictions.transform.LayerNorm.beta",
}


def named_head(head: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights by their path below the layer, as a Hugging Face file has them."""
    return {
        name: np.ascontiguousarray(head[path].T) if path == "dense/kernel" else head[path]
        for path, name in _HUGGINGFACE.items()
    }


def read_head(source: Checkpoint) -> dict[str, np.ndarray] | None:
    """The weights of a checkpoint by their path below the layer; None where it has no such layer, or another one."""
    google = source.kind == "google"
    names = head_names(source)
    wanted = _shapes(source.architecture)
    found = {path: array for path, array in _read(source, names).items() if path in wanted}
    if not google and "dense/kernel" in found:
        found["dense/kernel"] = np.ascontiguousarray(found["dense/kernel"].T)
    return found if {path: array.shape for path, array in found.items()} == wanted else None


def head_names(source: Checkpoint) -> dict[str, str]:
    """What the checkpoint calls the weights of this layer, by their path below it, whether it has them or not."""
    shapes = source.files.shapes()
    if source.kind == "google":
        return dict(_GOOGLE)
    return {path: name if name in shapes else _OLD.get(name, name) for path, name in _HUGGINGFACE.items()}


def _read(source: Checkpoint, names: Mapping[str, str]) -> dict[str, np.ndarray]:
    paths = {name: path for path, name in names.items() if name in source.files.shapes()}
    return {paths[name]: array for name, array in source.files.read(paths)}


def _shapes(one: Architecture) -> dict[str, tuple[int, ...]]:
    size = one.embedding_size or one.units
    return {
        "dense/kernel": (one.units, size),
        "dense/bias": (size,),
        "norm/gamma": (size,),
        "norm/beta": (size,),
        "bias": (one.tokens,),
    }
