"""What the four recurrent layers share: arguments, weights, masks, and the choice of the loop that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import keras
from keras import ops

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor, full_mask

_ahead: ContextVar[bool] = ContextVar("gradient_ahead", default=False)


@contextmanager
def gradient_ahead() -> Iterator[None]:
    """Calls inside will be differentiated: also those that are no training keep what the gradient needs.

    Without it the gradient of such a call is right, too, but runs the forward loop again.
    """
    token = _ahead.set(True)
    try:
        yield
    finally:
        _ahead.reset(token)


class Recurrent(keras.layers.Layer):
    """Base of LSTM, GRU and their bidirectional forms.

    Padded positions are skipped wherever they stand: the state passes them unchanged and their output is zero.
    A bidirectional layer concatenates the forward and the backward state of each position.

    Args:
        units: size of the state of one direction, > 0.
        dropout: share of input channels dropped in training, in [0, 1); one draw holds for all positions of a
            text (variational dropout, Gal and Ghahramani 2016).
        jit_compile: on TensorFlow, run the loop as an XLA program of its own. A distinct shape costs about a second,
            once; say False where lengths vary without end. A length unknown while the graph is built runs plainly.
        seed: of the dropout draws.

    Call arguments:
        x: `(batch, length, input units)`.
        mask: `(batch, length)` bool, True at real positions; None when all are real.

    Returns:
        `(batch, length, directions * units)`.
    """

    gates: ClassVar[int]
    directions: ClassVar[int]

    def __init__(
        self,
        units: int,
        *,
        dropout: float = 0.0,
        jit_compile: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if units <= 0:
            raise ValueError(f"units must be positive. Received: {units}")
        self.units = units
        self.dropout = dropout
        self.jit_compile = jit_compile
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")
        self.supports_masking = True

    def build(self, input_shape: tuple[Any, ...]) -> None:
        # Rows are gates, columns what they see: the loops multiply from the left. The loops also choose where lower
        # precision serves, so that Keras must not cast.
        width = self.gates * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.directions, width, input_shape[-1]),
            initializer=per_direction(keras.initializers.GlorotUniform),
            autocast=False,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.directions, width, self.units),
            initializer=per_direction(keras.initializers.Orthogonal),
            autocast=False,
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.directions, width), initializer=self.initial_bias, autocast=False
        )

    def initial_bias(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """The bias `(directions, gates * units)` before training."""
        return ops.zeros(shape, dtype=dtype)

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        if training and self.dropout:
            x = dropout(x, self.dropout, noise_shape=(None, 1, None), seed=self.seed_generator)
        mask = full_mask(x) if mask is None else ops.cast(mask, "bool")
        return self.sequence(x, self.weights_of_loop(), mask, training or _ahead.get())

    def weights_of_loop(self) -> list[keras.Variable]:
        """The weights in the order the loops take them."""
        return [self.kernel, self.recurrent_kernel, self.bias]

    def sequence(self, x: Tensor, weights: list[keras.Variable], mask: Tensor, training: bool) -> Tensor:
        """All states `(batch, length, directions * units)`, zeros at padded positions.

        Args:
            training: keep what a gradient needs.
        """
        raise NotImplementedError

    def runs_on_xla(self, x: Tensor) -> bool:
        """Whether the loop written for XLA on TensorFlow serves this call.

        It needs to know the length, and XLA unrolls a loop over a single position into bfloat16 products that it
        has no kernel for.
        """
        return self.jit_compile and keras.backend.backend() == "tensorflow" and x.shape[1] not in (None, 1)

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> Tensor | None:
        return mask

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.directions * self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "dropout": self.dropout,
            "jit_compile": self.jit_compile,
            "seed": self.seed,
        }


def per_direction(initializer: Callable[[], keras.Initializer]) -> Callable[..., Tensor]:
    """Draw each direction's matrix by itself, so that its fan-in and orthogonality are those of one direction."""

    def draw(shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        return ops.stack([initializer()(shape[1:], dtype=dtype) for _ in range(shape[0])])

    return draw
