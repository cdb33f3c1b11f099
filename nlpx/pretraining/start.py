"""Where pretraining starts: sizes and random weights, or a checkpoint."""

from __future__ import annotations

import logging
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

from nlpx.config.paths import require_file
from nlpx.encoders.pretrained.architecture import Architecture
from nlpx.encoders.pretrained.checkpoint import Checkpoint, open_checkpoint
from nlpx.encoders.pretrained.match import expected_shapes
from nlpx.encoders.pretrained.token_head import WITH_HEAD, read_head
from nlpx.encoders.pretrained.vocabulary import read_tokenizer
from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.errors import DataError
from nlpx.pretraining.config import ModelConfig, PretrainingConfig, VocabularyConfig
from nlpx.pretraining.objectives import Objective

if TYPE_CHECKING:
    from nlpx.layers.bert.token_head import TokenModel

log = logging.getLogger("nlpx")

POSITIONS, NEZHA_FURTHEST = 512, 64
"""What the architectures were published with."""


class Start:
    """Where pretraining starts: a checkpoint, or sizes and random weights.

    Args:
        config: see `PretrainingConfig`.

    Raises:
        DataError: the checkpoint is damaged, or of a type that is not pretrained here; the vocabulary is missing, or
            lacks special tokens.
    """

    def __init__(self, config: PretrainingConfig) -> None:
        self.config = config
        self.checkpoint: Checkpoint | None = None
        self.tokenizer: Wordpiece | None = None
        if config.checkpoint is not None:
            self.checkpoint = open_checkpoint(config.checkpoint)
            self._check(self.checkpoint)
            self._say_unread()
            self.tokenizer = read_tokenizer(config.checkpoint, self.checkpoint.architecture.tokens)
        elif config.vocabulary.file is not None:
            text = require_file(config.vocabulary.file).read_bytes().decode("utf-8", "replace")
            self.tokenizer = Wordpiece.from_text(text, lower=config.vocabulary.lower_case)
        if self.tokenizer is not None:
            Objective(config.objective, self.tokenizer)  # refuses what it cannot work with

    def _say_unread(self) -> None:
        """Which sections of the config have no say beside a checkpoint."""
        sections = {"model": ModelConfig(), "vocabulary": VocabularyConfig()}
        unread = [name for name, default in sections.items() if getattr(self.config, name) != default]
        if unread:
            which = " and ".join(unread)
            log.warning("%s of the config: not read, because the checkpoint has its own", which)

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
        table = one.positions or max(POSITIONS, self.config.objective.length)
        return Architecture(
            one.type,
            tokens,
            one.units,
            one.layers,
            one.heads,
            one.feed_forward,
            activation=one.activation,
            positions=table if one.type == "bert" else None,
            pooler=False,
            furthest=NEZHA_FURTHEST if one.type == "nezha" else None,
        )

    def parameters(self, architecture: Architecture) -> int:
        """Of the model with its output layer."""
        size = architecture.embedding_size or architecture.units
        head = (architecture.units + 3) * size + architecture.tokens
        return head + sum(prod(shape) for shape in expected_shapes(architecture).values())

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
        log.info("%s: has no output layer that fits; that is trained from scratch", checkpoint.folder)
        return
    log.info("%s: goes on with its output layer", checkpoint.folder)
    for path, variable in weights_of(model.head).items():
        variable.assign(head[path])


def weights_of(layer: Any) -> dict[str, Any]:
    """Every variable by its path below a layer."""
    from nlpx.layers.bert.unit_encoder import relative_path

    return {relative_path(variable, layer): variable for variable in layer.weights}
