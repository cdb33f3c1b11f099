"""A softmax per position, for encoders that already know the neighbours."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

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
        chosen = ops.take_along_axis(ops.log_softmax(emissions, -1), tags[..., None], -1)[..., 0]
        return -ops.sum(ops.where(mask, chosen, 0.0), 1)

    def potentials(self, emissions: Any, mask: Any) -> Potentials:
        zero = ops.zeros((self.num_tags,), emissions.dtype)
        return ops.log_softmax(emissions, -1), ops.zeros((self.num_tags, self.num_tags), zero.dtype), zero, zero
