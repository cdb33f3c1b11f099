"""How methods get into a Keras network: through the vectors of its embeddings.

What a method calls an embedded position is a character or word today; for an encoder with a tokenizer of its own it
is a subword. `Row.places` says which characters each position stands for, and scores are added up by that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nlpx.explain.decision import Decision
from nlpx.explain.units import Offsets

if TYPE_CHECKING:
    import keras

    from nlpx.encoders.base import EncoderConfig

NO_DOOR = "its encoder has a tokenizer of its own, at whose tokens gradients are not taken yet"
"""Why there is no way into a pretrained encoder."""

ROWS = 64
"""Sequences of one forward pass: what stays in the cache of a laptop's CPU."""

WIDTHS = (16, 32, 48, 64, 96, 128, 192, 256)
"""Lengths that sequences are padded to; each is compiled once."""

RECURRENT = ("lstm", "gru", "bilstm", "bigru")
"""Encoders whose loop over positions is an XLA program in any case."""

Batch = Mapping[str, Any]


class Row(NamedTuple):
    """One sequence that the network reads: a text, or a window of it.

    Attributes:
        features: arrays `(positions, ...)`, or scalars that tell the target.
        places: characters of the whole text that each position stands for.
        weight: share of this row in the decision's logit.
    """

    features: dict[str, np.ndarray]
    places: Offsets
    weight: float = 1.0


class Door(ABC):
    """A network between its embedded vectors and the logit of a decision.

    `embed`, `logit` and `states` run inside compiled graphs: Keras operations only.

    Attributes:
        model: whose weights take part.
        jit_compile: compile with XLA on TensorFlow; on JAX it always is.
        directions: of the recurrent layer whose last state decides; 0 where none does.
        why_no_state: why that is so.
    """

    model: keras.Model
    jit_compile: bool = False
    directions: int = 0
    why_no_state: str = "it is no classifier that goes by the last state of an LSTM or GRU"

    @abstractmethod
    def rows(self, decision: Decision) -> list[Row]:
        """What the network reads of a text; several rows for a text in windows."""

    @abstractmethod
    def embed(self, batch: Batch) -> Any:
        """The joined vectors of the positions `(batch, positions, units)`, zeros at padding."""

    @abstractmethod
    def logit(self, vectors: Any, batch: Batch) -> Any:
        """The decision's logit `(batch,)`, each from its own vectors alone.

        Args:
            vectors: `(batch, positions, units)`, those of `embed` or others in their place.
            batch: what `context` left of the batch.
        """

    def states(self, vectors: Any, batch: Batch) -> Any:
        """The states of the layer whose last one decides, `(batch, positions, directions * units)`."""
        raise NotImplementedError

    @staticmethod
    def compiles(encoder: EncoderConfig, wanted: bool | None) -> bool:
        """Whether XLA is to compile the gradient of a network on TensorFlow.

        It pays for recurrent encoders, although their training is as fast without: here nobody wants the gradients of
        weights, and only a compiler that sees the whole leaves them out.

        Args:
            wanted: `training.jit_compile` of the config.
        """
        return (encoder.jit_compile or encoder.type in RECURRENT) if wanted is None else wanted

    def context(self, batch: Batch) -> dict[str, Any]:
        """What `logit` needs besides the vectors."""
        return dict(batch)
