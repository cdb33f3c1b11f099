"""BERT (Devlin et al. 2019), and the core of its relatives. RoBERTa, MacBERT, ERNIE and ELECTRA are the same graph."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from nlpx.layers.bert.block import BertBlock
from nlpx.layers.bert.dense import dense
from nlpx.layers.bert.embeddings import BertEmbeddings
from nlpx.layers.bert.masks import Attention, attention_pattern
from nlpx.layers.masking import Tensor, full_mask


@keras.saving.register_keras_serializable("nlpx")
class Bert(keras.layers.Layer):
    """Embeddings, blocks, and a pooled vector of the first position.

    Args:
        tokens: size of the vocabulary.
        units: of every block.
        blocks: how many.
        heads: of the attention.
        hidden: units inside the feed-forward parts.
        activation: see `nlpx.layers.bert.block.ACTIVATIONS`.
        dropout, attention_dropout: shares dropped in training, in [0, 1).
        epsilon: of the norms.
        positions: rows of the table of positions, if the model has one; longer texts are fine, see `absolute`.
        offset: row of the first position.
        segments, tasks: kinds of each; 0 for none.
        embedding_size: of the vectors that are looked up; None for `units`.
        project: map them to `units`.
        pooler: a dense layer with tanh over the first position; without it that position is the pooled vector.
        furthest: see `Attention`; of the relatives that have it.
        condition: size of a condition of all norms; None for none.
        recompute: see `BertBlock`.
        initializer_range: deviation of the initial weights.

    Call arguments:
        ids: `(batch, length)` int.
        mask: `(batch, length)` bool, True at real positions; None when all are real.
        segments: `(batch, length)` int; None for 0 everywhere.
        attention: who attends to whom: bidirectional, causal, unilm, or a boolean pattern (`masks`).
        condition: `(batch, condition)`.

    Returns:
        states: those after the embeddings and after each block, `blocks + 1` times `(batch, length, units)`; at
            padded positions they mean nothing.
        pooled: `(batch, units)`.
    """

    rotary: ClassVar[bool] = False
    shared: ClassVar[bool] = False
    """One block's weights for all."""

    def __init__(
        self,
        tokens: int,
        units: int,
        blocks: int,
        heads: int,
        hidden: int,
        *,
        activation: str = "gelu",
        dropout: float = 0.1,
        attention_dropout: float = 0.1,
        epsilon: float = 1e-12,
        positions: int | None = 512,
        offset: int = 0,
        segments: int = 2,
        tasks: int = 0,
        embedding_size: int | None = None,
        project: bool = False,
        pooler: bool = True,
        furthest: int | None = None,
        condition: int | None = None,
        recompute: bool = False,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        given = {
            name: value for name, value in locals().items() if name not in ("self", "kwargs", "__class__")
        }
        self.arguments: dict[str, Any] = given
        self.units, self.block_count = units, blocks
        self.has_pooler = pooler
        self.supports_masking = True

    # === Layers ===

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        given = self.arguments
        self.embeddings = BertEmbeddings(
            given["tokens"],
            self.units,
            size=given["embedding_size"],
            **{name: given[name] for name in ("project", "positions", "offset", "segments", "tasks")},
            **{name: given[name] for name in ("dropout", "epsilon", "condition", "initializer_range")},
            dtype=self.dtype_policy,
            name="embeddings",
        )
        self.embeddings.build(input_shape)
        count = 1 if self.shared else self.block_count
        self.blocks = [self._block(f"block_{index}") for index in range(count)]
        for block in self.blocks:
            block.build((*input_shape[:2], self.units))
        if self.has_pooler:
            options: Any = {"initializer_range": given["initializer_range"], "dtype": self.dtype_policy}
            self.pooler = dense("pooler", self.units, self.units, activation="tanh", **options)

    def _block(self, name: str) -> BertBlock:
        given = self.arguments
        return BertBlock(
            given["heads"],
            given["hidden"],
            attention={
                "dropout": given["attention_dropout"],
                "rotary": self.rotary,
                "furthest": given["furthest"],
            },
            **{name: given[name] for name in ("activation", "dropout", "epsilon", "condition", "recompute")},
            initializer_range=given["initializer_range"],
            dtype=self.dtype_policy,
            name=name,
        )

    # === Graph ===

    def call(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        segments: Tensor | None = None,
        attention: Attention | Tensor = "bidirectional",
        condition: Tensor | None = None,
        training: bool = False,
    ) -> tuple[list[Tensor], Tensor]:
        x = self.embeddings(ids, segments=segments, condition=condition, training=training)
        return self.from_embedded(x, mask, segments, attention, condition, training)

    def from_embedded(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        segments: Tensor | None = None,
        attention: Attention | Tensor = "bidirectional",
        condition: Tensor | None = None,
        training: bool = False,
    ) -> tuple[list[Tensor], Tensor]:
        """The same from the output of the embeddings `(batch, length, units)`, or other vectors in its place."""
        mask = full_mask(x) if mask is None else ops.cast(mask, "bool")
        allowed = attention_pattern(attention, mask, segments)
        states = [x]
        for index in range(self.block_count):
            block = self.blocks[0 if self.shared else index]
            states.append(block(states[-1], allowed=allowed, condition=condition, training=training))
        first = states[-1][:, 0]
        return states, self.pooler(first) if self.has_pooler else first

    def compute_mask(self, *inputs: Any, **options: Any) -> None:
        """None: what comes next is handed a mask."""
        return

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self.arguments}
