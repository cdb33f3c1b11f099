"""All encoders: a new one is a file with a config model, and a line here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nlpx.encoders.base import ENCODERS, EncoderConfig, LightEncoderConfig, register
from nlpx.encoders.bert import BertConfig
from nlpx.encoders.bigru import BiGRUConfig
from nlpx.encoders.bilstm import BiLSTMConfig
from nlpx.encoders.dgcnn import DGCNNConfig
from nlpx.encoders.gru import GRUConfig
from nlpx.encoders.lstm import LSTMConfig
from nlpx.encoders.transformer import TransformerConfig

EncoderConfigs = Annotated[
    BiLSTMConfig | BiGRUConfig | LSTMConfig | GRUConfig | DGCNNConfig | TransformerConfig | BertConfig,
    Field(discriminator="type"),
]
"""The `encoder:` section of an experiment; `type` chooses the model."""

LightEncoderConfigs = Annotated[
    BiLSTMConfig | BiGRUConfig | LSTMConfig | GRUConfig | DGCNNConfig | TransformerConfig,
    Field(discriminator="type"),
]
"""The same for networks that take an encoder apart, which a pretrained one does not suffer."""

__all__ = [
    "ENCODERS",
    "EncoderConfig",
    "EncoderConfigs",
    "LightEncoderConfig",
    "LightEncoderConfigs",
    "register",
]
