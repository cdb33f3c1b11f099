"""From integer features to one vector per position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor, zero_padding
from nlpx.layers.parts import part_config, part_from_config
from nlpx.layers.token_dropout import TokenDropout


@keras.saving.register_keras_serializable("nlpx")
class FeatureEncoder(keras.layers.Layer):
    """Embed each feature, join the vectors of a position, run a stack over them.

    Args:
        embedders: a layer per feature, `(batch, length, ...)` -> `(batch, length, units)`, in the order of
            joining; one with an attribute `reads_all` is called with the dict of all features and the mask.
        stack: layer called with `(x, mask=..., training=...)`.
        added: names of features whose vectors are added to the first one's; all others are concatenated.
        token_dropout: share of positions whose whole vector is dropped in training, in [0, 1).
        dropout: share of single units dropped in training, in [0, 1).
        seed: of the dropout draws.

    Call arguments:
        features: dict with a tensor `(batch, length, ...)` per embedder and `mask (batch, length)` bool, True
            at real positions; further entries are ignored.

    Returns:
        `(batch, length, units)`, zeros at padded positions.
    """

    def __init__(
        self,
        embedders: Mapping[str, keras.layers.Layer],
        stack: keras.layers.Layer,
        *,
        added: Sequence[str] = (),
        token_dropout: float = 0.0,
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.embedders = dict(embedders)
        self.stack = stack
        self.added = list(added)
        self.token_dropout = TokenDropout(token_dropout, seed=seed, name="token_dropout")
        self.dropout = dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")

    # === Layers ===

    def build(self, features_shape: dict[str, tuple[int | None, ...]]) -> None:
        units = 0
        for name, embedder in self.embedders.items():
            shape = features_shape if reads_all(embedder) else features_shape[name]
            embedder.build(shape)
            if name not in self.added:
                units += embedder.compute_output_shape(shape)[-1]
        self.stack.build((*features_shape["mask"], units))

    # === Graph ===

    def call(self, features: dict[str, Tensor], training: bool = False) -> Tensor:
        return self.from_embedded(self.embed(features, training), features, training)

    def from_embedded(self, x: Tensor, features: dict[str, Tensor], training: bool = False) -> Tensor:
        """The output for joined vectors `(batch, length, units of all)`, those of `embed` or others; of the features
        only the mask is looked at."""
        mask = ops.cast(features["mask"], "bool")
        x = self.token_dropout(zero_padding(x, mask), training=training)
        if training and self.dropout:
            x = dropout(x, self.dropout, seed=self.seed_generator)
        return self.stack(x, mask=mask, training=training)

    def embed(self, features: dict[str, Tensor], training: bool) -> Tensor:
        """The joined vectors before dropout `(batch, length, units)`."""
        vectors = {
            name: embedder(features if reads_all(embedder) else features[name], training=training)
            for name, embedder in self.embedders.items()
        }
        first, *others = (vectors[name] for name in vectors if name not in self.added)
        for name in self.added:
            first = first + vectors[name]
        return ops.concatenate([first, *others], axis=-1) if others else first

    def compute_output_shape(
        self, features_shape: dict[str, tuple[int | None, ...]]
    ) -> tuple[int | None, ...]:
        return self.stack.compute_output_shape((*features_shape["mask"], None))

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "embedders": {name: part_config(embedder) for name, embedder in self.embedders.items()},
            "stack": part_config(self.stack),
            "added": list(self.added),
            "token_dropout": self.token_dropout.rate,
            "dropout": self.dropout,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FeatureEncoder:
        embedders = {name: part_from_config(embedder) for name, embedder in config["embedders"].items()}
        return cls(**{**config, "embedders": embedders, "stack": part_from_config(config["stack"])})


def reads_all(embedder: keras.layers.Layer) -> bool:
    """Whether an embedder is called with all features."""
    return getattr(embedder, "reads_all", False)
