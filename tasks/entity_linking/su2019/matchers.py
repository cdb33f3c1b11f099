"""The two ways to judge whether a mention means an entity: a logit per pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from nlpx.layers.dropout import dropout as drop
from nlpx.layers.masking import Tensor, masked_max, masked_mean
from nlpx.layers.reader import Reader
from nlpx.tasks.entity_linking.su2019.cross_attention import CrossAttention
from nlpx.tasks.entity_linking.su2019.match_features import NAMES

HIDDEN = 128


class Matcher(keras.layers.Layer):
    """What both share: the last two layers.

    Call arguments:
        states: of the text `(batch, length, units)`.
        mask: `(batch, length)` bool.
        marks: match features `(batch, length, features)`, see `match_features`.
        about, about_mask: the description likewise.

    Returns:
        logits, float32 `(batch,)`.
    """

    def __init__(self, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dropout = dropout
        self.hidden = keras.layers.Dense(HIDDEN, activation="relu", name="hidden")
        self.score = keras.layers.Dense(1, dtype="float32", name="score")
        self.seed_generator = keras.random.SeedGenerator(name=f"{self.name}_seeds")

    def judge(self, vectors: Sequence[Tensor], training: bool) -> Tensor:
        """The logit of what the parts of a pair amount to."""
        x = ops.concatenate(list(vectors), axis=-1)
        if training and self.dropout:
            x = drop(x, self.dropout, seed=self.seed_generator)
        return self.score(self.hidden(x))[:, 0]


class ConvMatcher(Matcher):
    """The baseline: a convolution over the text with its mention marked, pooled, against the pooled description.

    Args:
        units: of the description's states.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conv = keras.layers.Conv1D(units, 3, padding="same", name="conv")

    def call(
        self,
        states: Tensor,
        mask: Tensor,
        marks: Tensor,
        about: Tensor,
        about_mask: Tensor,
        training: bool = False,
    ) -> Tensor:
        marked = ops.concatenate([states, ops.cast(marks[:, :, :1], states.dtype)], axis=-1)
        text = masked_max(self.conv(marked), mask)
        entity = masked_max(about, about_mask)
        return self.judge([text, entity, text * entity], training)


class AttentionMatcher(Matcher):
    """The final model: the text is read again beside its match features, then text and description attend to each
    other.

    Args:
        stack: reads `(batch, length, units + features)`.
        features: which of the match features it is told.
    """

    def __init__(self, stack: keras.layers.Layer, features: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reader = Reader(stack, name="reader")
        self.columns = [NAMES.index(name) for name in NAMES if name in features]
        self.of_text = CrossAttention(name="of_text")
        self.of_description = CrossAttention(name="of_description")

    def call(
        self,
        states: Tensor,
        mask: Tensor,
        marks: Tensor,
        about: Tensor,
        about_mask: Tensor,
        training: bool = False,
    ) -> Tensor:
        told = [ops.cast(marks[:, :, column : column + 1], states.dtype) for column in self.columns]
        text = self.reader(ops.concatenate([states, *told], axis=-1), mask, training=training)
        parts = [
            masked_max(self.of_text(text, about, mask, about_mask), mask),
            masked_max(self.of_description(about, text, about_mask, mask), about_mask),
            masked_mean(text, marks[:, :, 0] > 0),
        ]
        return self.judge(parts, training)
