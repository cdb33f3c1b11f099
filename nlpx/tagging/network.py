"""The Keras model of a tagger: shared encoder, emissions, head."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.divergence import categorical
from nlpx.layers.masking import mean_of_real


class Tagger(keras.Model):
    """Encoder vectors to one score per tag, trained by the head's own loss.

    Args:
        encoder: layer from features `(batch, length, ...)` to vectors `(batch, length, units)`.
        head: layer with `loss(emissions, tags, mask)` and `decode(emissions, mask)`.
        num_tags: size of the tag inventory.
        dropout: share of the vectors' units dropped before the emissions, in [0, 1).

    Call arguments:
        x: dict of features, with `mask (batch, length)` bool and, in training, `tags (batch, length)` int.

    Returns:
        emissions, float32 `(batch, length, tags)`.
    """

    def __init__(
        self, encoder: keras.layers.Layer, head: keras.layers.Layer, num_tags: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder
        self.emissions = keras.layers.Dense(num_tags, dtype="float32", name="emissions")
        self.head = head

    def call(self, x: dict[str, Any], training: bool | None = None) -> Any:
        vectors = self.encoder(x, training=training)  # (batch, length, units)
        return self.head(self.emissions(vectors), mask=x["mask"])  # (batch, length, tags)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Mean negative log-likelihood over the real rows; rows filled up to a static shape weigh nothing."""
        losses = self.head.loss(y_pred, x["tags"], x["mask"])  # (batch,)
        return mean_of_real(losses, x["mask"])

    def divergence(self, emissions: Any, others: Any, x: Any) -> Any:
        """KL of what two passes predict, added up over a text's positions, its mean over the real texts.

        Each position's softmax of its emissions is compared: all that differs between two passes, whatever the head.
        """
        each = categorical(emissions, others) * ops.cast(x["mask"], emissions.dtype)  # (batch, length)
        return mean_of_real(ops.sum(each, axis=1), x["mask"])


class Decoder(keras.Model):
    """Best tags of a tagger, as one compiled graph."""

    def __init__(self, tagger: Tagger, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tagger = tagger

    def call(self, x: dict[str, Any]) -> Any:
        tags, _ = self.tagger.head.decode(self.tagger(x, training=False), x["mask"])
        return tags  # (batch, length)


class Scorer(keras.Model):
    """Emissions of the linear chain that a tagger decodes, as one compiled graph."""

    def __init__(self, tagger: Tagger, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tagger = tagger

    def call(self, x: dict[str, Any]) -> Any:
        emissions, *_ = self.tagger.head.potentials(self.tagger(x, training=False), x["mask"])
        return emissions  # (batch, length, tags)
