"""Layers of a network, usable in any Keras 3 model; `keras` is imported only when one of them is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Public name -> the module of this package that defines it.
_MODULES = {
    "AttentionPooling": "attention_pooling",
    "BiGRU": "bigru",
    "BiLSTM": "bilstm",
    "Bottleneck": "bottleneck",
    "CRF": "crf",
    "CRFModel": "crf_model",
    "GRU": "gru",
    "GatedDilatedConv": "gated_conv",
    "LSTM": "lstm",
    "MEMM": "memm",
    "Pooling": "pooling",
    "SoftmaxTags": "softmax_tags",
    "TokenDropout": "token_dropout",
    "TransformerBlock": "transformer_block",
}

__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
