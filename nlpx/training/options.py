"""What a config adds to plain training: other gradients, sums of them, slow weights."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from nlpx.config.training import TrainingConfig
from nlpx.training import r_drop
from nlpx.training.accumulation import Accumulation
from nlpx.training.adversarial import adversarial_gradients
from nlpx.training.gradients import Gradients, plain_gradients
from nlpx.training.lookahead import Lookahead
from nlpx.training.loss import Loss, flooded, plain
from nlpx.training.seeds import generator


@dataclass(frozen=True)
class Options:
    """Parts of a training step. What is off has no variables and costs nothing.

    Attributes:
        gradients: of a batch.
        accumulation: over batches.
        lookahead: after each optimiser step.
        noise: of what the gradients draw; None where they draw nothing.
    """

    gradients: Gradients
    accumulation: Accumulation
    lookahead: Lookahead
    noise: keras.random.SeedGenerator | None = None

    @property
    def variables(self) -> list[keras.Variable]:
        """The state of all parts, in a fixed order."""
        seeds = [] if self.noise is None else [self.noise.state]
        return [*seeds, *self.accumulation.variables, *self.lookahead.slow]


def build_options(config: TrainingConfig, model: keras.Model, seed: int = 0) -> Options:
    """The options of a config, for a model that is built.

    Raises:
        ConfigError: an option does not fit the model.
    """
    loss, noise = make_loss(model, config), None
    gradients = plain_gradients(model, loss)
    if config.adversarial is not None:
        if config.adversarial.method == "vat":
            noise = keras.random.SeedGenerator(int(generator(seed, "vat").integers(2**31 - 1)), name="vat")
        gradients = adversarial_gradients(model, loss, config.adversarial, noise)
    return Options(
        gradients,
        Accumulation(model, config.accumulate),
        Lookahead(model.trainable_variables, config.lookahead),
        noise,
    )


def make_loss(model: keras.Model, config: TrainingConfig) -> Loss:
    """The model's own loss, with R-Drop and flooding where the config asks for them.

    Raises:
        ConfigError: R-Drop is asked for, and the model has no `divergence`.
    """
    loss = r_drop.make_loss(model, config.r_drop) if config.r_drop else plain(model)
    return flooded(loss, config.flooding) if config.flooding else loss
