"""A softmax per position, for encoders that already know the neighbours."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import zero_padding
from nlpx.layers.tag_head import Potentials, TagHead


@keras.saving.register_keras_serializable("nlpx")
class SoftmaxTags(TagHead):
    """Independent tags: p(y | x) = prod_t softmax(h_t)(y_t). No weights of its own.

    The constraints make it decode the best legal path instead of the best tag of each position.

    Arguments, call arguments and result as in `TagHead`.
    """

    def loss(self, emissions: Any, tags: Any, mask: Any = None) -> Any:
        """Cross-entropy summed over real positions, (batch,); 0 for an empty sequence."""
        emissions, mask = self._inputs(emissions, mask)
        tags = ops.clip(ops.cast(tags, "int32"), 0, self.num_tags - 1)
        log_p = _log_softmax(zero_padding(emissions, mask))
        chosen = ops.take_along_axis(log_p, tags[..., None], -1)[..., 0]
        return -ops.sum(ops.where(mask, chosen, 0.0), 1)

    def potentials(self, emissions: Any, mask: Any) -> Potentials:
        zero = ops.zeros((self.num_tags,), emissions.dtype)
        no_transitions = ops.zeros((self.num_tags, self.num_tags), emissions.dtype)
        return _log_softmax(zero_padding(emissions, mask)), no_transitions, zero, zero


def _log_softmax(x: Any) -> Any:
    """Over the last axis, without Keras' warning that an axis of size 1 makes no sense."""
    return x - ops.logsumexp(x, -1, keepdims=True)
