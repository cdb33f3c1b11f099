"""What a weight is called here, in a Hugging Face file, and in a Google checkpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from nlpx.encoders.pretrained.architecture import Architecture

Kind = Literal["huggingface", "google"]

_BLOCK = {
    "attention/query": "attention.self.query",
    "attention/key": "attention.self.key",
    "attention/value": "attention.self.value",
    "attention/output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "hidden": "intermediate.dense",
    "output": "output.dense",
    "norm": "output.LayerNorm",
}
_ALBERT = {
    "attention/query": "attention.query",
    "attention/key": "attention.key",
    "attention/value": "attention.value",
    "attention/output": "attention.dense",
    "attention_norm": "attention.LayerNorm",
    "hidden": "ffn",
    "output": "ffn_output",
    "norm": "full_layer_layer_norm",
}
_GOOGLE_ALBERT = {
    "attention/query": "attention_1/self/query",
    "attention/key": "attention_1/self/key",
    "attention/value": "attention_1/self/value",
    "attention/output": "attention_1/output/dense",
    "attention_norm": "LayerNorm",
    "hidden": "ffn_1/intermediate/dense",
    "output": "ffn_1/intermediate/output/dense",
    "norm": "LayerNorm_1",
}
_TABLES = {
    "tokens": "word_embeddings",
    "positions": "position_embeddings",
    "segments": "token_type_embeddings",
    "tasks": "task_type_embeddings",
}


class Weight(NamedTuple):
    """One variable: its path here, below the model's, its name in the file, and whether it lies there transposed."""

    path: str
    name: str
    transposed: bool


def weights(architecture: Architecture, kind: Kind) -> list[Weight]:
    """Every variable of a model, in the model's order; names in the file without the model's prefix."""
    rename = _huggingface if kind == "huggingface" else _google
    return [
        Weight(f"{path}/{part}", rename(f"{stem}/{part}", part), kind == "huggingface" and part == "kernel")
        if part
        else Weight(path, rename(stem, ""), False)
        for path, stem, parts in _parts(architecture, kind)
        for part in parts
    ]


def _parts(architecture: Architecture, kind: Kind) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(path here, name in the file, variables below it); in the file's name `/` separates what its kind separates."""
    norm, dense, table = ("gamma", "beta"), ("kernel", "bias"), ("",)
    for name, original in _TABLES.items():
        if getattr(architecture, name):
            yield f"embeddings/{name}", f"embeddings/{original}", table
    yield "embeddings/norm", "embeddings/LayerNorm", norm
    albert = architecture.model_type == "albert"
    if architecture.project:
        yield "embeddings/project", _projection(albert), dense
    for index in range(1 if albert else architecture.blocks):
        prefix, names = _block_names(albert, kind, index)
        for ours, theirs in names.items():
            below = norm if ours.endswith("norm") else dense
            yield f"block_{index}/{ours}", f"{prefix}/{theirs.replace('.', '/')}", below
    if architecture.pooler:
        yield "pooler", "pooler" if albert and kind == "huggingface" else "pooler/dense", dense


def _projection(albert: bool) -> str:
    return "encoder/embedding_hidden_mapping_in" if albert else "embeddings_project"


def _block_names(albert: bool, kind: Kind, index: int) -> tuple[str, dict[str, str]]:
    if not albert:
        return f"encoder/layer/{index}" if kind == "huggingface" else f"encoder/layer_{index}", _BLOCK
    if kind == "google":
        return "encoder/transformer/group_0/inner_group_0", _GOOGLE_ALBERT
    return "encoder/albert_layer_groups/0/albert_layers/0", _ALBERT


def _huggingface(name: str, part: str) -> str:
    if not part:
        return name.replace("/", ".") + ".weight"
    ends = {"gamma": "weight", "kernel": "weight", "beta": "bias", "bias": "bias"}
    return f"{name.rpartition('/')[0].replace('/', '.')}.{ends[part]}"


def _google(name: str, part: str) -> str:
    return name


# === What is left aside ===

_PRETRAINING = re.compile(
    r"^(cls|predictions|sop_classifier|lm_head|seq_relationship|generator"
    r"|discriminator_predictions|generator_predictions|generator_lm_head)[./]"
)
_FINE_TUNED = re.compile(r"^(classifier|qa_outputs|sequence_summary)[./]")
_BUFFERS = re.compile(
    r"(^|[./])(position_ids|token_type_ids|embed_positions[./]weight|positions_encoding)$"
    r"|(^|/)(global_step|beta[12]_power|loss_scale|good_steps|bad_steps|adam_[mv]|lamb_[mv]|Adam(_1)?)$"
    r"|^(_CHECKPOINTABLE_OBJECT_GRAPH|signal_early_stopping)"
)


def dropped(name: str) -> str | None:
    """Why a variable of a file is knowingly left aside; None where it must not be."""
    if _BUFFERS.search(name):
        return "not a weight of the model"
    if _PRETRAINING.match(name):
        return "head of the pretraining task"
    if _FINE_TUNED.match(name):
        return "head of the task it was fine-tuned for"
    return None
