"""Learning rates of their own for some variables, such as pretrained ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops


def own_rates(model: keras.Model) -> dict[str, float]:
    """Peak learning rates by the path of the variable: the `learning_rates` of all layers that have them."""
    layers = model._flatten_layers(include_self=False, recursive=True)
    return {
        variable.path: rate for layer in layers for variable, rate in getattr(layer, "learning_rates", [])
    }


def with_rates(
    kind: type[keras.optimizers.Optimizer], factors: Mapping[str, float]
) -> type[keras.optimizers.Optimizer]:
    """The optimiser with another learning rate for some variables, in its steps and in its weight decay.

    Args:
        kind: any optimiser of Keras.
        factors: times the learning rate, by the path of the variable.
    """

    class WithRates(kind):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            super().update_step(gradient, variable, learning_rate * self._factor(variable))

        def _apply_weight_decay(self, variables: Any) -> None:
            if self.weight_decay is None:
                return
            for variable in variables:
                if self._use_weight_decay(variable):
                    share = self.weight_decay * self.learning_rate * self._factor(variable)
                    variable.assign(variable - variable * ops.cast(share, variable.dtype))

        def _factor(self, variable: Any) -> float:
            # On TensorFlow it may be the backend's variable, which has no path.
            return factors.get(self._trainable_variables[self._get_variable_index(variable)].path, 1.0)

    WithRates.__name__ = kind.__name__
    return WithRates
