"""Gradients at embeddings that were moved, so that a small move changes little.

All methods move the tables of `nlpx.training.tables.lookup_tables` as one long vector E, and put them back. Dropout
drops the same units in all passes over a batch: what they differ by is the move. Nothing is differentiated twice, so
that every kernel of every encoder will do.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.config.training_options import AdversarialConfig
from nlpx.training.gradients import Differentiate, Gradients
from nlpx.training.loss import Loss
from nlpx.training.passes import dense, drawn_again, moved, norm, scaled
from nlpx.training.seeds import seed_states
from nlpx.training.tables import tables_to_move
from nlpx.training.vat import vat

STEP = 0.02
"""Length of the move by which the gradient penalty takes the difference of two gradients, in lengths of a vector."""


def adversarial_gradients(
    model: keras.Model, loss: Loss, config: AdversarialConfig, noise: keras.random.SeedGenerator | None = None
) -> Gradients:
    """The gradients that the config's method learns from.

    Args:
        noise: of the first guess of `vat`, which alone wants it.

    Raises:
        ConfigError: the model trains no table of vectors, or for `vat` can't compare what two passes predict.
    """
    if config.method == "vat":
        assert noise is not None
        return vat(model, loss, config.epsilon, noise)
    return {"fgm": fgm, "gradient_penalty": gradient_penalty}[config.method](model, loss, config.epsilon)


def fgm(model: keras.Model, loss: Loss, epsilon: float) -> Gradients:
    """The gradients of L at E + ε ∇_E L / ||∇_E L|| alone (Miyato et al. 2017); the loss that is told is that at E."""
    tables, seeds, variables = tables_to_move(model), seed_states(model), model.trainable_variables

    def gradients(batch: Any, differentiate: Differentiate) -> tuple[Any, list[Any]]:
        with drawn_again(seeds):
            value, slopes = differentiate(lambda: loss(batch), tables)
        slopes = dense(slopes, tables)
        with moved(tables, scaled(slopes, epsilon / norm(slopes))):
            return value, differentiate(lambda: loss(batch), variables)[1]

    return gradients


def gradient_penalty(model: keras.Model, loss: Loss, epsilon: float) -> Gradients:
    """Those of L + ε/2 ||∇_E L||².

    The penalty's own gradient is ε ||g|| times the change of ∇L along g = ∇_E L, which the gradients at two points
    tell: E + h g/||g|| and E - h g/||g||. h is little beside a vector of the tables.
    """
    tables, seeds, variables = tables_to_move(model), seed_states(model), model.trainable_variables
    rows = sum(table.shape[0] for table in tables)
    places = [next(i for i, v in enumerate(variables) if v is table) for table in tables]

    def gradients(batch: Any, differentiate: Differentiate) -> tuple[Any, list[Any]]:
        def found() -> tuple[Any, list[Any]]:
            value, own = differentiate(lambda: loss(batch), variables)
            return value, dense(own, variables)

        with drawn_again(seeds):
            value, own = found()
        slopes = [own[place] for place in places]
        size, step = norm(slopes), STEP * norm(tables) / rows**0.5
        with drawn_again(seeds), moved(tables, scaled(slopes, step / size)):
            above = found()[1]
        with moved(tables, scaled(slopes, -step / size)):
            below = found()[1]
        change = [a - b for a, b in zip(above, below, strict=True)]
        bent = [g + c for g, c in zip(own, scaled(change, epsilon * size / (2 * step)), strict=True)]
        return value + epsilon / 2 * ops.square(size), bent

    return gradients
