"""What every head that tags sequences has: loss, decode, marginals, k_best, and a tag scheme's constraints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from nlpx.layers.crf_backend import compiled
from nlpx.layers.crf_kbest import k_best_paths
from nlpx.layers.crf_partition import FORBIDDEN, posteriors
from nlpx.layers.crf_viterbi import viterbi
from nlpx.layers.masking import zero_padding

Constraints = tuple[Any, Any, Any]
Potentials = tuple[Any, Any, Any, Any]

_viterbi = compiled(viterbi)
_k_best = compiled(k_best_paths)


class TagHead(keras.layers.Layer):
    """Base of CRF, MEMM and SoftmaxTags.

    Called on emissions it gives them back as float32 with zeros at padding, so that it can end a Keras model;
    the work is in the methods. A mask is (batch, length) bool, True where real; masked positions are skipped
    wherever they stand, and None means all are real.

    Args:
        num_tags: number of tags, > 0.
        constraints: what a tag scheme allows, `(allowed (tags, tags), start (tags,), end (tags,))`, all bool:
            `allowed[i, j]` if tag j may follow tag i, `start[i]` and `end[i]` if tag i may stand first and last.
            Decoding never breaks them. None allows everything.
        jit_compile: compile the kernels on their own. A distinct shape costs a few seconds, once; say False
            where batches come in very many lengths.
    """

    def __init__(
        self,
        num_tags: int,
        *,
        constraints: Constraints | None = None,
        jit_compile: bool = True,
        **kwargs: Any,
    ) -> None:
        # Scores of long sequences need float32 whatever the policy of the model around.
        super().__init__(**{"dtype": "float32", **kwargs})
        if num_tags <= 0:
            raise ValueError(f"num_tags must be positive. Received: {num_tags}")
        self.num_tags = num_tags
        self.constraints = None if constraints is None else _checked(constraints, num_tags)
        self.jit_compile = jit_compile
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        if input_shape[-1] != self.num_tags:
            raise ValueError(
                f"{self.name} wants emissions (batch, length, {self.num_tags}): put a Dense({self.num_tags}) "
                f"before it. Received: {tuple(input_shape)}"
            )

    def call(self, emissions: Any, mask: Any = None) -> Any:
        emissions = ops.cast(emissions, self.compute_dtype)
        return zero_padding(emissions, None if mask is None else ops.cast(mask, "bool"))

    def compute_mask(self, emissions: Any, mask: Any = None) -> Any:
        return mask

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Sequence[int | None]:
        return input_shape

    def loss(self, emissions: Any, tags: Any, mask: Any = None) -> Any:
        """Negative log-likelihood of the tags (batch, length) int, (batch,); 0 for an empty sequence."""
        raise NotImplementedError

    def potentials(self, emissions: Any, mask: Any) -> Potentials:
        """The linear chain that is decoded: emissions, transitions (tags, tags), start and end (tags,)."""
        raise NotImplementedError

    def decode(self, emissions: Any, mask: Any = None) -> tuple[Any, Any]:
        """Best tags (batch, length) int32, 0 at padding, and their score (batch,), unnormalised."""
        return self._on_chain(_viterbi, emissions, mask)

    def marginals(self, emissions: Any, mask: Any = None) -> Any:
        """Probability of each tag at each position under the constraints, (batch, length, tags); 0 at padding."""
        return self._on_chain(posteriors, emissions, mask)

    def k_best(self, emissions: Any, mask: Any = None, k: int = 2) -> tuple[Any, Any]:
        """The k best paths (batch, k, length) int32, best first, and their scores (batch, k), unnormalised.

        Where a sequence has fewer than k legal paths, the missing ones have the score -inf.
        """
        return self._on_chain(_k_best, emissions, mask, k=k)

    def get_config(self) -> dict[str, Any]:
        constraints = None if self.constraints is None else [c.tolist() for c in self.constraints]
        return {
            **super().get_config(),
            "num_tags": self.num_tags,
            "constraints": constraints,
            "jit_compile": self.jit_compile,
        }

    def _on_chain(self, kernel: Any, emissions: Any, mask: Any, **static: Any) -> Any:
        emissions, mask = self._inputs(emissions, mask)
        chain = self._constrained(self.potentials(emissions, mask))
        return kernel(*chain, mask, jit_compile=self.jit_compile, **static)

    def _inputs(self, emissions: Any, mask: Any) -> tuple[Any, Any]:
        """Emissions in the head's own data type and a bool mask."""
        emissions = ops.cast(ops.convert_to_tensor(emissions), self.compute_dtype)
        if not self.built:
            self.build(emissions.shape)
        mask = ops.ones(ops.shape(emissions)[:2], "bool") if mask is None else ops.cast(mask, "bool")
        return emissions, mask

    def _constrained(self, chain: Potentials) -> Potentials:
        """The chain with the score of everything illegal at FORBIDDEN."""
        if self.constraints is None:
            return chain
        emissions, *scores = chain
        legal = [ops.where(c, s, FORBIDDEN) for c, s in zip(self.constraints, scores, strict=True)]
        return emissions, *legal


def _checked(constraints: Constraints, num_tags: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arrays = [np.asarray(c, dtype=bool) for c in constraints]
    wanted = [(num_tags, num_tags), (num_tags,), (num_tags,)]
    shapes = [a.shape for a in arrays]
    if shapes != wanted:
        raise ValueError(f"constraints must be three bool arrays of the shapes {wanted}. Received: {shapes}")
    return arrays[0], arrays[1], arrays[2]
