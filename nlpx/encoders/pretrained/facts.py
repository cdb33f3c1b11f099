"""What a checkpoint is, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nlpx.encoders.pretrained.checkpoint import Checkpoint
from nlpx.encoders.pretrained.vocabulary import open_tokenizer

WRITERS = {"huggingface": "Hugging Face", "google": "Google (TensorFlow)"}


def facts(source: Checkpoint) -> dict[str, str]:
    """What a checkpoint is. Raises DataError naming all that does not fit; no weights are read."""
    one = source.architecture
    shapes = source.files.shapes()
    parameters = sum(int(np.prod(shapes[name])) for name in source.match.found)
    tokenizer = open_tokenizer(source.folder, one.tokens)
    embedding = f", vectors of tokens {one.embedding_size}" if one.project else ""
    return {
        "format": WRITERS[source.kind],
        "model": f"{one.model_type}: {one.blocks} blocks of {one.units} units, {one.heads} heads, "
        f"{one.hidden} hidden, {one.activation}{embedding}",
        "parameters": f"{parameters:,}",
        "positions": "no end" if one.longest is None else f"{one.longest:,}, then hierarchical",
        "vocabulary": f"{len(tokenizer):,} tokens, {'folds case' if tokenizer.lower else 'keeps case'}",
        "loads": f"{len(source.match.found)} tensors{'' if one.pooler else ', no pooler'}",
        "left aside": _summary(source.match.dropped),
    }


def _summary(dropped: Mapping[str, str]) -> str:
    return ", ".join(dropped) if dropped else "nothing"
