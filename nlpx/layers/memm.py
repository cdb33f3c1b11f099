"""Maximum-entropy Markov model, in one direction or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from nlpx.layers.crf_partition import ends
from nlpx.layers.crf_paths import is_at, previous_real
from nlpx.layers.masking import zero_padding
from nlpx.layers.tag_head import Constraints, Potentials, TagHead

# Below what a sum of exponentials of a whole row can be unless its scores lie 80 apart.
_TINY = 1e-35


@keras.saving.register_keras_serializable("nlpx")
class MEMM(TagHead):
    """A softmax per position that sees the tag before it; all positions train in parallel, without a loop.

        forward:  p(y_t | y_{t-1}) = softmax(h_t + g(y_{t-1}, .)),  p(y_1) = softmax(h_1)
        backward: p(y_t | y_{t+1}) = softmax(h_t + g(., y_{t+1})),  p(y_n) = softmax(h_n)

    The bidirectional loss is the mean of both; decoding maximises the mean of both log-probabilities, and
    `marginals` are those of that product, normalised. As a chain, each is a CRF whose emissions are less by the
    local normalisers of the neighbours, so decoding shares the CRF's kernels. After Su, "Bi-MEMM" (2020).

    Args:
        num_tags: number of tags, > 0.
        bidirectional: both directions, with the same g.
        rank: g = L R^T with (tags, rank) factors, for many tags; None for a full matrix.
        constraints, jit_compile: as in `TagHead`. They hold in decoding.

    Call arguments and result as in `TagHead`.
    """

    def __init__(
        self,
        num_tags: int,
        *,
        bidirectional: bool = True,
        rank: int | None = None,
        constraints: Constraints | None = None,
        jit_compile: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_tags, constraints=constraints, jit_compile=jit_compile, **kwargs)
        if rank is not None and rank <= 0:
            raise ValueError(f"rank must be positive or None. Received: {rank}")
        self.bidirectional = bidirectional
        self.rank = rank

    def build(self, input_shape: Sequence[int | None]) -> None:
        super().build(input_shape)
        tags = self.num_tags
        if self.rank is None:
            self.transitions = self.add_weight(
                name="transitions", shape=(tags, tags), initializer="zeros", autocast=False
            )
        else:
            # Zero factors would stay zero for ever: each one's gradient is a product with the other.
            shape, small = (tags, self.rank), keras.initializers.RandomNormal(0.1)
            self.left = self.add_weight(name="left", shape=shape, initializer=small, autocast=False)
            self.right = self.add_weight(name="right", shape=shape, initializer="zeros", autocast=False)
        self.built = True

    def loss(self, emissions: Any, tags: Any, mask: Any = None) -> Any:
        """-log p(tags | emissions), (batch,), the mean of both directions; 0 for an empty sequence.

        Args:
            emissions: (batch, length, tags).
            tags: (batch, length) int, any number at padding.
            mask: (batch, length) bool, True where real.
        """
        emissions, mask = self._inputs(emissions, mask)
        emissions = zero_padding(emissions, mask)
        tags = ops.clip(ops.cast(tags, "int32"), 0, self.num_tags - 1)
        g = self._g()
        losses = [_one_way(emissions, g, tags, mask)]
        if self.bidirectional:
            mirrored = [ops.flip(t, 1) for t in (emissions, tags, mask)]
            losses.append(_one_way(mirrored[0], ops.transpose(g), mirrored[1], mirrored[2]))
        return sum(losses) / len(losses)

    def potentials(self, emissions: Any, mask: Any) -> Potentials:
        emissions = zero_padding(emissions, mask)
        g = self._g()
        parts = [_local_scores(emissions, g, mask)]
        if self.bidirectional:
            mirrored = _local_scores(ops.flip(emissions, 1), ops.transpose(g), ops.flip(mask, 1))
            parts.append(ops.flip(mirrored, 1))
        zero = ops.zeros((self.num_tags,), emissions.dtype)
        return sum(parts) / len(parts), g, zero, zero

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "bidirectional": self.bidirectional, "rank": self.rank}

    def _g(self) -> Any:
        """Scores (tags, tags) from row to column."""
        if self.rank is None:
            # The reshape turns the sparse gradient of looking rows up into a dense one, which all optimisers take.
            return ops.reshape(self.transitions, (self.num_tags, self.num_tags))
        return ops.matmul(self.left, ops.transpose(self.right))


def _one_way(emissions: Any, g: Any, tags: Any, mask: Any) -> Any:
    """-log p of the tags, each given the one before, (batch,)."""
    first = is_at(ends(mask)[0], mask)
    seen = ops.where(first[..., None], 0.0, ops.take(g, previous_real(tags, mask), 0))
    chosen = ops.take_along_axis(ops.log_softmax(emissions + seen, -1), tags[..., None], -1)[..., 0]
    return -ops.sum(ops.where(mask, chosen, 0.0), 1)


def _local_scores(emissions: Any, g: Any, mask: Any) -> Any:
    """Emissions (batch, length, tags) with which a chain of transitions g scores log p of one direction.

    The normaliser of position t depends on the tag before it, so it is a score of that tag.
    """
    first, last = (is_at(index, mask) for index in ends(mask))
    positions = ops.arange(ops.shape(mask)[1], dtype="int32")[None] * ops.ones_like(ops.cast(mask, "int32"))
    following = ops.flip(previous_real(ops.flip(positions, 1), ops.flip(mask, 1)), 1)
    normaliser = ops.take_along_axis(_log_matmul(emissions, g), following[..., None], 1)
    scores = emissions - ops.where(last[..., None], 0.0, normaliser)
    return scores - ops.where(first, ops.logsumexp(emissions, -1), 0.0)[..., None]


def _log_matmul(emissions: Any, g: Any) -> Any:
    """logsumexp_k(h_t(k) + g(i, k)) for every tag i, (batch, length, tags), by one matrix product.

    Saturates where the scores of a row lie some 80 apart, where the softmax is 0 and 1 in float32 anyway.
    """
    top, widest = ops.max(emissions, -1, keepdims=True), ops.max(g, 1)
    product = ops.matmul(ops.exp(emissions - top), ops.transpose(ops.exp(g - widest[:, None])))
    return ops.log(ops.maximum(product, _TINY)) + top + widest
