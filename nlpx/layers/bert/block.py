"""BERT's block: attention and feed-forward, each added to its input and then normalised (post-LN)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras
from keras import ops

from nlpx.layers.bert.attention import Attention
from nlpx.layers.bert.dense import dense
from nlpx.layers.bert.norm import ConditionalNorm
from nlpx.layers.bert.seeds import DrawnSeed
from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor


def gelu(x: Tensor) -> Tensor:
    """`x * P(X <= x)` of a standard normal X, not its approximation by tanh; of x's shape `(batch, length, units)`."""
    if keras.backend.backend() == "tensorflow":
        from nlpx.layers.bert.elementwise_tf import gelu as compiled

        return compiled(x)
    return ops.gelu(x, approximate=False)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": gelu,
    "gelu_new": partial(ops.gelu, approximate=True),
    "gelu_pytorch_tanh": partial(ops.gelu, approximate=True),
    "relu": ops.relu,
    "silu": ops.silu,
    "swish": ops.silu,
    "tanh": ops.tanh,
}
"""By the names that checkpoints use; BERT's gelu is the exact one."""


@keras.saving.register_keras_serializable("nlpx")
class BertBlock(keras.layers.Layer):
    """`x = norm(x + attention(x))`, then `x = norm(x + feed_forward(x))` (Devlin et al. 2019).

    Args:
        heads: of the attention.
        hidden: units between the two maps of the feed-forward part.
        activation: between them; a key of `ACTIVATIONS`.
        dropout: share of each part's output dropped in training, in [0, 1).
        attention: further arguments of `Attention`.
        epsilon: of the norms.
        condition: size of the condition of the norms; None for none.
        recompute: keep only the block's input for the backward pass and compute the rest again: less memory, a third
            more work (gradient checkpointing).

    Call arguments:
        x: `(batch, length, units)`.
        allowed: see `Attention`.
        condition: `(batch, condition)`.

    Returns:
        `(batch, length, units)`.
    """

    def __init__(
        self,
        heads: int,
        hidden: int,
        *,
        activation: str = "gelu",
        dropout: float = 0.0,
        attention: dict[str, Any] | None = None,
        epsilon: float = 1e-12,
        condition: int | None = None,
        recompute: bool = False,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}. Received: {activation!r}")
        self.heads = heads
        self.hidden_units = hidden
        self.activation = activation
        self.dropout = dropout
        self.attention_options = dict(attention or {})
        self.epsilon = epsilon
        self.condition = condition
        self.recompute = recompute
        self.initializer_range = initializer_range
        self.seed_generator = keras.random.SeedGenerator(name=f"{self.name}_seeds")

    # === Layers ===

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        units = input_shape[-1]
        assert units is not None
        options: Any = {"initializer_range": self.initializer_range, "dtype": self.dtype_policy}
        self.attention = Attention(
            self.heads,
            **self.attention_options,
            **options,
            name="attention",
        )
        self.attention.build(input_shape)
        self.attention_norm = self._norm("attention_norm", units)
        self.hidden = dense("hidden", self.hidden_units, units, **options)
        self.output_ = dense("output", units, self.hidden_units, **options)
        self.norm = self._norm("norm", units)

    def _norm(self, name: str, units: int | None) -> ConditionalNorm:
        norm = ConditionalNorm(
            epsilon=self.epsilon, condition=self.condition, dtype=self.dtype_policy, name=name
        )
        norm.build((None, None, units))
        return norm

    # === Graph ===

    def call(
        self,
        x: Tensor,
        allowed: Tensor | None = None,
        condition: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        rates = (self.attention_options.get("dropout", 0.0), self.dropout, self.dropout)
        # Drawn out here, so that a second computation draws the same.
        seeds = [self.seed_generator.next() if training and rate else None for rate in rates]

        def body(x: Tensor) -> Tensor:
            return self._body(x, allowed, condition, bias, seeds, training)

        return keras.remat(body)(x) if self.recompute and training else body(x)

    def _body(
        self,
        x: Tensor,
        allowed: Tensor | None,
        condition: Tensor | None,
        bias: Tensor | None,
        seeds: Sequence[Any],
        training: bool,
    ) -> Tensor:
        first, second, third = (None if seed is None else DrawnSeed(seed) for seed in seeds)
        seen = self.attention(x, allowed=allowed, bias=bias, seed=first, training=training)
        x = self.attention_norm(x + self._drop(seen, second), condition=condition)
        made = self.output_(ACTIVATIONS[self.activation](self.hidden(x)))
        return self.norm(x + self._drop(made, third), condition=condition)

    def _drop(self, x: Tensor, seed: DrawnSeed | None) -> Tensor:
        return x if seed is None else dropout(x, self.dropout, seed=seed)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        names = ("heads", "activation", "dropout", "epsilon", "condition", "recompute", "initializer_range")
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
            "hidden": self.hidden_units,
            "attention": dict(self.attention_options),
        }
