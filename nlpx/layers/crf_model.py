"""A Keras model that ends in a CRF, ready for compile, fit, predict, save and load."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import full_mask
from nlpx.layers.tag_head import TagHead


@keras.saving.register_keras_serializable("nlpx")
class CRFModel(keras.Model):
    """A functional model whose output is that of a `CRF`, `MEMM` or `SoftmaxTags`.

        scores = keras.layers.Dense(9)(features)
        model = CRFModel(inputs, CRF(9)(scores, mask=mask))
        model.compile("adam")
        model.fit(x, tags)

    The head's own loss is trained, so `compile` needs none: the mean over the batch of each sequence's negative
    log-likelihood. Targets are tags (batch, length) int, or allowed tags (batch, length, tags) where some are
    unknown (CRF only). `predict` gives tags (batch, length) int32, 0 at padding. Calling the model gives emissions, for
    `model.head.marginals(emissions, mask)` and the like, and metrics see them too. The mask is the one given to
    the head, or the one Keras carries along (`mask_zero=True`).

    Args:
        inputs, outputs, name: as of `keras.Model`; outputs is what a head returned.
    """

    @property
    def head(self) -> TagHead:
        """The layer that gave the outputs."""
        heads = [layer for layer in self.layers if isinstance(layer, TagHead)]
        if len(heads) != 1:
            raise ValueError(
                f"CRFModel wants one CRF, MEMM or SoftmaxTags as its last layer. Received: {len(heads)} of them"
            )
        return heads[0]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Mean of the head's loss over the batch, rows weighted with sample_weight (batch,), and regularizers."""
        if y is None:
            raise ValueError("CRFModel wants tags (batch, length) as targets: fit(x, tags). Received: None")
        target_loss = self.head.loss if len(y.shape) == 2 else self.head.loss_partial
        losses = target_loss(y_pred, y, _mask_of(y_pred))
        if sample_weight is not None:
            losses = losses * ops.reshape(ops.cast(sample_weight, losses.dtype), (-1,))
        return sum(self.losses, ops.mean(losses))

    def predict_step(self, *args: Any) -> Any:
        if keras.backend.backend() != "jax":
            return self._decoded(super().predict_step(*args))
        (trainable, fixed), _ = args
        emissions, fixed = super().predict_step(*args)
        variables = [*self.trainable_variables, *self.non_trainable_variables]
        with keras.StatelessScope(state_mapping=list(zip(variables, [*trainable, *fixed], strict=True))):
            return self._decoded(emissions), fixed

    def _decoded(self, emissions: Any) -> Any:
        return self.head.decode(emissions, _mask_of(emissions))[0]


class _MaskOf(keras.layers.Layer):
    """The mask Keras attached to a tensor, (batch, length); a layer is the public way to ask for it."""

    def call(self, x: Any, mask: Any = None) -> Any:
        return full_mask(x) if mask is None else mask

    def compute_mask(self, x: Any, mask: Any = None) -> None:
        return None


_mask_of = _MaskOf(name="mask_of", dtype="float32")
