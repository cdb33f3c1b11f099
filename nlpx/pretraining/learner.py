"""The model that is pretrained: made afresh or from a checkpoint, judged, and written as a folder that anyone reads."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.encoders.pretrained.architecture import Architecture
from nlpx.encoders.pretrained.checkpoint import Checkpoint, open_checkpoint
from nlpx.encoders.pretrained.token_head import WITH_HEAD, read_head
from nlpx.encoders.pretrained.vocabulary import read_tokenizer
from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.encoders.pretrained.write import write_huggingface
from nlpx.errors import DataError
from nlpx.pretraining.batches import judged_batches
from nlpx.pretraining.blocks import Blocks
from nlpx.pretraining.config import PretrainingConfig
from nlpx.pretraining.objectives import Objective

if TYPE_CHECKING:
    from nlpx.layers.bert.token_head import TokenModel

log = logging.getLogger("nlpx")

NEZHA_FURTHEST = 64

LIKELIHOOD = "likelihood"
"""Geometric mean of the probabilities of the right tokens, `exp(-loss)`: what chooses the best weights."""


class Start:
    """Where pretraining starts: a checkpoint, or sizes and random weights.

    Args:
        config: see `PretrainingConfig`.

    Raises:
        DataError: the checkpoint is damaged, or of a type that is not pretrained here.
    """

    def __init__(self, config: PretrainingConfig) -> None:
        self.config = config
        self.checkpoint: Checkpoint | None = None
        self.tokenizer: Wordpiece | None = None
        if config.checkpoint is not None:
            self.checkpoint = open_checkpoint(config.checkpoint)
            self._check(self.checkpoint)
            self.tokenizer = read_tokenizer(config.checkpoint, self.checkpoint.architecture.tokens)
        elif config.vocabulary.file is not None:
            text = config.vocabulary.file.read_bytes().decode("utf-8", "replace")
            self.tokenizer = Wordpiece.from_text(text, lower=config.vocabulary.lower_case)

    def _check(self, checkpoint: Checkpoint) -> None:
        kind, length = checkpoint.model_type, self.config.objective.length
        if kind not in WITH_HEAD:
            raise DataError(
                f"{checkpoint.folder}: is of type {kind}, which cannot be pretrained further here",
                f"types that can: {', '.join(WITH_HEAD)}",
            )
        longest = checkpoint.architecture.longest
        if longest is not None and longest < length:
            raise DataError(
                f"{checkpoint.folder}: has {longest} positions, blocks have {length} tokens",
                f"set objective.length to {longest} or less",
            )

    def architecture(self, tokens: int) -> Architecture:
        """Of the model, without a pooler, which no objective trains."""
        if self.checkpoint is not None:
            return replace(self.checkpoint.architecture, pooler=False)
        one = self.config.model
        table = max(one.positions, self.config.objective.length) if one.type == "bert" else None
        return Architecture(
            one.type,
            tokens,
            one.units,
            one.layers,
            one.heads,
            one.feed_forward,
            activation=one.activation,
            positions=table,
            pooler=False,
            furthest=NEZHA_FURTHEST if one.type == "nezha" else None,
        )

    def model(self, architecture: Architecture, attention: str) -> TokenModel:
        """A built model with its first weights; seed and precision are set before."""
        from nlpx.layers.bert.token_head import TokenModel

        dropout = self.config.training.dropout
        bert = architecture.layer(name="bert", dropout=dropout, attention_dropout=dropout)
        made = TokenModel(bert, attention=attention, name="pretraining")
        made.build()
        made.built = True
        if self.checkpoint is not None:
            assign_all_of(made, self.checkpoint)
        return made


def assign_all_of(model: TokenModel, checkpoint: Checkpoint) -> None:
    """Give a built model the weights of a checkpoint; where that has no head, the model keeps its own."""
    from nlpx.layers.bert.unit_encoder import assign_all

    arrays = {path: array for path, array in checkpoint.load().items() if not path.startswith("pooler/")}
    assign_all(model.bert, arrays)
    head = read_head(checkpoint)
    if head is None:
        log.info("%s: has no head that fits; it is trained from scratch", checkpoint.folder)
        return
    for path, variable in _weights_of(model.head).items():
        variable.assign(head[path])


class Judge:
    """Loss and share of right guesses on held-out blocks, always with the same masks.

    Args:
        forward: a compiled pass of the model (`nlpx.training.forward.compile_forward`).
    """

    def __init__(
        self,
        forward: Callable[[Any], np.ndarray],
        blocks: Blocks,
        objective: Objective,
        *,
        batch_size: int,
        most: int,
    ) -> None:
        self.forward, self.blocks, self.objective = forward, blocks, objective
        self.batch_size, self.most = batch_size, most

    def __call__(self) -> dict[str, float]:
        batches = judged_batches(self.blocks, self.objective, batch_size=self.batch_size, most=self.most)
        loss, right, asked = sum(self.forward(batch).astype(np.float64).sum(axis=0) for batch in batches)
        mean = float(loss / asked)
        return {"accuracy": float(right / asked), "dev_loss": mean, LIKELIHOOD: math.exp(-mean)}


def write_encoder(
    folder: Path, model: TokenModel, architecture: Architecture, tokenizer: Wordpiece, *, float16: bool
) -> None:
    """Write a Hugging Face folder with encoder and head; see `write_huggingface`."""
    from keras import ops

    bert, head = (
        {path: np.array(ops.convert_to_numpy(variable)) for path, variable in _weights_of(part).items()}
        for part in (model.bert, model.head)
    )
    write_huggingface(folder, architecture, bert, tokenizer, head=head, float16=float16)


def _weights_of(layer: Any) -> dict[str, Any]:
    from nlpx.layers.bert.unit_encoder import relative_path

    return {relative_path(variable, layer): variable for variable in layer.weights}
