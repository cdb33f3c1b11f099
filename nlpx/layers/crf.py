"""Linear-chain conditional random field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from nlpx.layers.crf_losses import log_partition, negative_log_likelihood, partial_negative_log_likelihood
from nlpx.layers.tag_head import Constraints, Potentials, TagHead


@keras.saving.register_keras_serializable("nlpx")
class CRF(TagHead):
    """Linear-chain CRF (Lafferty et al. 2001) over the emissions of any Keras model.

        log p(y | x) = start(y_1) + sum_t h_t(y_t) + sum_t T(y_{t-1}, y_t) + end(y_n) - log Z

    `CRFModel(inputs, CRF(num_tags)(emissions))` trains, predicts tags, saves and loads; docs/crf.md shows it. In a
    model of your own, call `loss`, `decode`, `marginals` and `k_best`.

    Args:
        num_tags: number of tags, > 0.
        boundaries: learn scores for the first and the last tag; they are 0 otherwise.
        constraints: as in `TagHead`; `nlpx.text.tags.transitions` makes them from a scheme.
        constrain_training: the constraints also hold in `loss` and `log_partition`, so that no probability is
            learnt away from illegal paths. A sequence whose own tags are illegal then has loss 0.
        learning_rate_multiplier: > 0; the weights are stored divided by it and used multiplied by it, so that
            Adam moves the scores that much faster than its learning rate says (SGD: its square). 100 to 1000
            where a pretrained encoder needs a rate around 1e-5, which would leave the transitions where they are.
        jit_compile: as in `TagHead`.

    Call arguments:
        emissions: (batch, length, tags), unnormalised scores.
        mask: (batch, length) bool, True where real.

    Returns:
        The emissions as float32, 0 at padding.
    """

    def __init__(
        self,
        num_tags: int,
        *,
        boundaries: bool = True,
        constraints: Constraints | None = None,
        constrain_training: bool = False,
        learning_rate_multiplier: float = 1.0,
        jit_compile: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_tags, constraints=constraints, jit_compile=jit_compile, **kwargs)
        if learning_rate_multiplier <= 0:
            raise ValueError(f"learning_rate_multiplier must be > 0. Received: {learning_rate_multiplier}")
        if constrain_training and constraints is None:
            raise ValueError("constrain_training needs constraints. Received: constraints=None")
        self.boundaries = boundaries
        self.constrain_training = constrain_training
        self.learning_rate_multiplier = learning_rate_multiplier

    def build(self, input_shape: Sequence[int | None]) -> None:
        super().build(input_shape)
        tags = self.num_tags
        self.transitions = self.add_weight(
            name="transitions", shape=(tags, tags), initializer="zeros", autocast=False
        )
        if self.boundaries:
            self.start = self.add_weight(name="start", shape=(tags,), initializer="zeros", autocast=False)
            self.end = self.add_weight(name="end", shape=(tags,), initializer="zeros", autocast=False)
        self.built = True

    def loss(self, emissions: Any, tags: Any, mask: Any = None) -> Any:
        """-log p(tags | emissions), (batch,).

        Args:
            emissions: (batch, length, tags).
            tags: (batch, length) int, any number at padding.
            mask: (batch, length) bool, True where real. An empty sequence has loss 0.
        """
        emissions, mask = self._inputs(emissions, mask)
        tags = ops.clip(ops.cast(tags, "int32"), 0, self.num_tags - 1)
        chain = self._trained(emissions, mask)
        return negative_log_likelihood(*chain, mask, tags, jit_compile=self.jit_compile)

    def loss_partial(self, emissions: Any, allowed_tags: Any, mask: Any = None) -> Any:
        """-log of the probability of all paths within `allowed_tags`, (batch,): unknown tags are summed over.

        Args:
            emissions: (batch, length, tags).
            allowed_tags: (batch, length, tags) bool; all True at a position whose tag is unknown.
            mask: (batch, length) bool, True where real. A sequence that is empty or has no such path has loss 0.
        """
        emissions, mask = self._inputs(emissions, mask)
        allowed_tags = ops.cast(allowed_tags, "bool")
        chain = self._trained(emissions, mask)
        return partial_negative_log_likelihood(*chain, mask, allowed_tags, jit_compile=self.jit_compile)

    def log_partition(self, emissions: Any, mask: Any = None) -> Any:
        """log Z (batch,), the logarithm of the sum of exp(score) over all paths; 0 for an empty sequence."""
        emissions, mask = self._inputs(emissions, mask)
        return log_partition(*self._trained(emissions, mask), mask, jit_compile=self.jit_compile)

    def potentials(self, emissions: Any, mask: Any) -> Potentials:
        transitions = self._scaled(self.transitions)
        if not self.boundaries:
            zero = ops.zeros((self.num_tags,), transitions.dtype)
            return emissions, transitions, zero, zero
        return emissions, transitions, self._scaled(self.start), self._scaled(self.end)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "boundaries": self.boundaries,
            "constrain_training": self.constrain_training,
            "learning_rate_multiplier": self.learning_rate_multiplier,
        }

    def _scaled(self, weight: Any) -> Any:
        return ops.convert_to_tensor(weight) * self.learning_rate_multiplier

    def _trained(self, emissions: Any, mask: Any) -> Potentials:
        """The chain the loss sees."""
        chain = self.potentials(emissions, mask)
        return self._constrained(chain) if self.constrain_training else chain
