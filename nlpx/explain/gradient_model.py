"""A Keras network as methods see it: a function of the vectors of its embeddings that has gradients.

What a method calls an embedded position is a character or word today; for an encoder with a tokenizer of its own it
is a subword. `Row.places` says which characters each position stands for, and scores are added up by that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nlpx.explain.decision import Decision
from nlpx.explain.units import Offsets

if TYPE_CHECKING:
    import keras

    from nlpx.encoders.base import EncoderConfig

ROWS, LARGE_ROWS = 64, 8
"""Sequences of one pass: what stays in the cache of a laptop's CPU; and of a pretrained encoder, which keeps a lot of
every position for its gradient.
"""

WIDTHS = (16, 32, 48, 64, 96, 128, 192, 256)
"""Lengths that sequences are padded to; each is compiled once."""

FEW_ROWS, FEW_WIDTHS = 16, (64, 256)
"""The same for a handful of texts, where compiling takes longer than the padding, and memory is short."""

RECURRENT = ("lstm", "gru", "bilstm", "bigru")
"""Encoders whose loop over positions is an XLA program in any case."""

Batch = Mapping[str, Any]


class Row(NamedTuple):
    """One sequence that the network reads: a text, or a window of it.

    Attributes:
        features: arrays `(positions, ...)`, or scalars that tell the target.
        places: half-open characters of the whole text that each position stands for; empty for none.
        length: number of units, which is what `mask` shows; the positions' unless they are tokens of units.
        weight: share of this row in the decision's logit.
    """

    features: dict[str, np.ndarray]
    places: Offsets
    length: int
    weight: float = 1.0


class GradientModel(ABC):
    """A network from its embedded vectors to the logit of a decision: a function that can be differentiated.

    `embed`, `logit` and `states` run inside compiled graphs: Keras operations only.

    Attributes:
        model: whose weights take part.
        batch_size: sequences of one pass.
        jit_compile: compile with XLA on TensorFlow; on JAX it always is.
        widths: lengths that sequences are padded to; longer ones are continued by doubling.
        directions: of the recurrent layer whose last state decides; 0 where none does.
        why_no_state: why that is so.
        explained: what the maps are about, where that is a part of the model only.
    """

    model: keras.Model
    batch_size: int = ROWS
    jit_compile: bool = False
    widths: Sequence[int] = WIDTHS
    directions: int = 0
    explained: str = ""
    why_no_state: str = "it is no classifier that goes by the last state of an LSTM or GRU"

    @abstractmethod
    def rows(self, decision: Decision) -> list[Row]:
        """What the network reads of a text; several rows for a text in windows."""

    @abstractmethod
    def embed(self, batch: Batch) -> Any:
        """The joined vectors of the positions `(batch, positions, units)`, anything at padding."""

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

    def facts(self, rows: int) -> dict[str, float | str]:
        """What a reader of a map must know of its logit.

        Args:
            rows: that the network read for it.
        """
        return {"explained": self.explained} if self.explained else {}

    def suit(self, encoder: EncoderConfig, wanted: bool | None) -> None:
        """Choose the size of batches, and whether XLA is to compile the gradient on TensorFlow.

        That pays for recurrent encoders, although their training is as fast without: here nobody wants the gradients of
        weights, and only a compiler that sees the whole leaves them out.

        Args:
            wanted: `training.jit_compile` of the config.
        """
        compiles = encoder.jit_compile or encoder.type in RECURRENT
        self.jit_compile = compiles if wanted is None else wanted
        self.batch_size = LARGE_ROWS if encoder.type == "bert" else ROWS

    def stay_small(self) -> None:
        """For a few maps beside a trained network: fewer programs and smaller batches, at the price of speed."""
        self.widths, self.batch_size = FEW_WIDTHS, min(FEW_ROWS, self.batch_size)

    def context(self, batch: Batch) -> dict[str, Any]:
        """What `logit` needs besides the vectors."""
        return dict(batch)


def after_embedding(encoder: Any, batch: Batch) -> dict[str, Any]:
    """A batch without the features that an encoder is done with once they are embedded."""
    return {name: array for name, array in batch.items() if name not in getattr(encoder, "embedders", ())}
