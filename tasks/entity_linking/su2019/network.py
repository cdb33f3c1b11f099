"""The network: one table of vectors, two readers, a pointer for mentions and a matcher for candidates."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.reader import Reader
from nlpx.tasks.entity_linking.su2019.batches import ABOUT
from nlpx.tasks.entity_linking.su2019.matchers import Matcher

Batch = dict[str, Any]


class Pointer(keras.layers.Layer):
    """Logits float32 `(batch, length, 2)` that a mention starts at a character, and that it ends with it."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conv = keras.layers.Conv1D(units, 3, padding="same", activation="relu", name="conv")
        self.ends = keras.layers.Dense(2, dtype="float32", name="ends")

    def call(self, states: Tensor) -> Tensor:
        return self.ends(self.conv(states))


class PointerLinker(keras.Model):
    """Finds mentions and judges one candidate of one mention.

    Args:
        vectors: layer from features `(batch, length, ...)` to vectors `(batch, length, size)`, for texts and
            descriptions alike.
        text_stack, description_stack: from vectors to states `(batch, length, units)`.
        pointer: see `Pointer`.
        matcher: see `Matcher`.
        flags: whether the text is read with the flags of maximum matches.
        gate: whether only these can be mentions' starts and ends.

    Call arguments:
        x: features of the texts with `mask (batch, length)` bool and `flags (batch, length, 2)`; those of the
            descriptions, `about.` before their names, with `about.mask`; `marks`, see `batches.pair_features`.

    Returns:
        dict of logits: `ends (batch, length, 2)` before the gate, `match (batch,)`.
    """

    def __init__(
        self,
        vectors: keras.layers.Layer,
        text_stack: keras.layers.Layer,
        description_stack: keras.layers.Layer,
        pointer: Pointer,
        matcher: Matcher,
        *,
        flags: bool,
        gate: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.vectors, self.pointer, self.matcher = vectors, pointer, matcher
        self.text_reader = Reader(text_stack, name="text_reader")
        self.description_reader = Reader(description_stack, name="description_reader")
        self.flags, self.gate = flags, gate

    # === Parts ===

    def read_text(self, x: Batch, training: bool = False) -> Tensor:
        """States `(batch, length, units)`."""
        return self.read_vectors(self.vectors(x, training=training), x, training)

    def read_vectors(self, vectors: Tensor, x: Batch, training: bool = False) -> Tensor:
        """The same from the vectors of the characters `(batch, length, size)`."""
        if self.flags:
            vectors = ops.concatenate([vectors, ops.cast(x["flags"], vectors.dtype)], axis=-1)
        return self.text_reader(vectors, x["mask"], training=training)

    def read_description(self, x: Batch, training: bool = False) -> Tensor:
        """States `(batch, length of descriptions, units)`."""
        features = {name.removeprefix(ABOUT): column for name, column in x.items() if name.startswith(ABOUT)}
        return self.description_reader(
            self.vectors(features, training=training), features["mask"], training=training
        )

    def gates(self, x: Batch) -> Tensor:
        """1 where a mention may start, and where it may end, float32 `(batch, length, 2)`."""
        real = ops.cast(x["mask"], "float32")[:, :, None]
        return real * ops.cast(x["flags"], "float32") if self.gate else real * ops.ones((1, 1, 2))

    # === Training ===

    def call(self, x: Batch, training: bool = False) -> dict[str, Tensor]:
        states = self.read_text(x, training)
        about = self.read_description(x, training)
        match = self.matcher(states, x["mask"], x["marks"], about, x[f"{ABOUT}mask"], training=training)
        return {"ends": self.pointer(states), "match": match}

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Cross-entropy of starts, of ends and of the match, each a mean, added up.

        A closed gate says no whatever the logit is, so that its positions have no gradient; they count in the mean.
        """
        errors = binary_cross_entropy(y_pred["ends"], ops.cast(x["targets"], "float32")) * self.gates(x)
        real = ops.sum(ops.cast(x["mask"], "float32"))
        match = binary_cross_entropy(y_pred["match"], x["right"]) * x["judged"]
        return ops.sum(errors) / real + ops.sum(match) / ops.maximum(ops.sum(x["judged"]), 1.0)


def binary_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Of each element."""
    return ops.relu(logits) - logits * targets + ops.log1p(ops.exp(-ops.abs(logits)))


# === Prediction: each part as a graph of its own ===


class TextPass(keras.Model):
    """States of texts, and behind them the probabilities of starts and ends: `(batch, length, units + 2)`."""

    def __init__(self, network: PointerLinker, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network

    def call(self, x: Batch, training: bool = False) -> Tensor:
        states = self.network.read_text(x)
        ends = ops.sigmoid(self.network.pointer(states)) * self.network.gates(x)
        return ops.concatenate([ops.cast(states, "float32"), ends], axis=-1)


class DescriptionPass(keras.Model):
    """States of descriptions `(batch, length, units)`."""

    def __init__(self, network: PointerLinker, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network

    def call(self, x: Batch, training: bool = False) -> Tensor:
        return ops.cast(self.network.read_description(x), "float32")


class MatchPass(keras.Model):
    """The probability that a mention means an entity `(batch,)`, from the states of both."""

    def __init__(self, network: PointerLinker, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network

    def call(self, x: Batch, training: bool = False) -> Tensor:
        logits = self.network.matcher(x["states"], x["mask"], x["marks"], x["about"], x["about.mask"])
        return ops.sigmoid(logits)
